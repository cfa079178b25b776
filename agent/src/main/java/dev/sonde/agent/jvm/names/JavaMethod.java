package dev.sonde.agent.jvm.names;

/**
 * A Java method by its names. What differs from run to run (numbers and addresses of hidden classes and proxies) is in
 * neither.
 *
 * @param systemName class, method and signature as the JVM writes them: {@code com/example/Foo.bar(I)V}
 * @param file the source file, {@code Foo.java}, or empty
 */
public record JavaMethod(String systemName, String file) {

    /** The name to show: {@code com.example.Foo.bar}. Made anew each time. */
    public String name() {
        int signature = systemName.indexOf('(');
        int end = signature < 0 ? systemName.length() : signature;
        return systemName.substring(0, end).replace('/', '.');
    }
}
