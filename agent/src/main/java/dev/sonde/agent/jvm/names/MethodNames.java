package dev.sonde.agent.jvm.names;

import dev.sonde.agent.aggregate.CodeLocation;

/**
 * What a Java method is called. What differs from run to run (numbers and addresses of hidden classes and proxies) is not
 * in it.
 */
final class MethodNames {

    /** A String, its array and an alignment; a Function (see {@link #bytes}). */
    private static final int STRING_BYTES = 44;

    private static final int FUNCTION_BYTES = 24;

    private MethodNames() {}

    /**
     * The function that a method is in a profile: {@code com.example.Foo.bar}, {@code com/example/Foo.bar(I)V} and its
     * source, see {@link #path}.
     *
     * @param systemName class, method and signature as the JVM writes them: {@code com/example/Foo.bar(I)V}
     */
    static CodeLocation.Function function(String systemName, String path) {
        int signature = systemName.indexOf('(');
        int end = signature < 0 ? systemName.length() : signature;
        return new CodeLocation.Function(systemName.substring(0, end).replace('/', '.'), systemName, path);
    }

    /**
     * The source file with where it is from, as a JDK's and other archives of sources have it: {@code
     * java.base/java/util/HashMap.java}; without origin the file alone, without file the origin.
     *
     * @param className with slashes
     * @param file the source file, {@code HashMap.java}, or empty
     * @param origin where the class came from: its module, {@code java.base}, else its jar without version, {@code
     *     shop-api.jar}; empty where it is from neither, or that cannot be told
     */
    static String path(String className, String file, String origin) {
        if (origin.isEmpty() || file.isEmpty()) {
            return origin + file;
        }
        return origin + "/" + className.substring(0, className.lastIndexOf('/') + 1) + file;
    }

    /** About what a function takes, without its path, which many share. */
    static int bytes(CodeLocation.Function function) {
        return FUNCTION_BYTES + textBytes(function.name()) + textBytes(function.systemName());
    }

    /** About what a text takes: a byte a character where none is beyond ISO 8859-1, else two (java.lang.String). */
    static int textBytes(String text) {
        for (int i = 0; i < text.length(); i++) {
            if (text.charAt(i) > 0xff) {
                return STRING_BYTES + Character.BYTES * text.length();
            }
        }
        return STRING_BYTES + text.length();
    }
}
