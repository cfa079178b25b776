package dev.sonde.agent.jvm.names;

/**
 * A Java method by its names. What differs from run to run (numbers and addresses of hidden classes and proxies) is in
 * neither.
 *
 * @param systemName class, method and signature as the JVM writes them: {@code com/example/Foo.bar(I)V}
 * @param file the source file, {@code Foo.java}, or empty
 * @param origin where the class came from: its module, {@code java.base}, else its jar without version, {@code
 *     shop-api.jar}; empty where it is from neither, or that cannot be told
 */
public record JavaMethod(String systemName, String file, String origin) {

    /** The name to show: {@code com.example.Foo.bar}. Made anew each time. */
    public String name() {
        int signature = systemName.indexOf('(');
        int end = signature < 0 ? systemName.length() : signature;
        return systemName.substring(0, end).replace('/', '.');
    }

    /**
     * The source file with where it is from, as a JDK's and other archives of sources have it: {@code
     * java.base/java/util/HashMap.java}; without origin the file alone, without file the origin. Made anew each time.
     */
    public String path() {
        if (origin.isEmpty() || file.isEmpty()) {
            return origin + file;
        }
        int method = systemName.indexOf('.');
        int folder = systemName.lastIndexOf('/', method < 0 ? systemName.length() : method);
        return origin + "/" + systemName.substring(0, folder + 1) + file;
    }
}
