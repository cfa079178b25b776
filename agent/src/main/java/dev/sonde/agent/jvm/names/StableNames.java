package dev.sonde.agent.jvm.names;

/**
 * Takes out of class names what differs from run to run: addresses of hidden classes and the numbers that lambdas,
 * proxies and reflection's accessors are given in the order in which they happen to be made.
 */
final class StableNames {

    private static final String LAMBDA = "$$Lambda";
    private static final String PROXY = "$Proxy";
    private static final String PROXY_PACKAGE = "jdk/proxy";

    /** The fewest seen: the archive of the JDK's own classes lies at 0x800000000. */
    private static final int ADDRESS_DIGITS = 8;

    /** Classes that java.lang.reflect makes, with a number behind (jdk.internal.reflect.MethodAccessorGenerator). */
    private static final String[] ACCESSORS = {
        "reflect/GeneratedMethodAccessor",
        "reflect/GeneratedConstructorAccessor",
        "reflect/GeneratedSerializationConstructorAccessor"
    };

    private StableNames() {}

    /** The stable part of a class name with slashes, {@code a/B$$Lambda$26+0x00007f...}. */
    static String ofClass(String name) {
        String cut = withoutAddress(name);
        int lambda = cut.lastIndexOf(LAMBDA);
        if (lambda >= 0) {
            return isNumber(cut, lambda + LAMBDA.length(), '$') ? cut.substring(0, lambda + LAMBDA.length()) : cut;
        }
        int simple = cut.lastIndexOf('/') + 1;
        if (cut.startsWith(PROXY, simple) && isDigits(cut, simple + PROXY.length())) {
            return proxyPackage(cut.substring(0, simple)) + PROXY;
        }
        for (String accessor : ACCESSORS) {
            int at = cut.lastIndexOf(accessor);
            if (at >= 0 && isDigits(cut, at + accessor.length())) {
                return cut.substring(0, at + accessor.length());
            }
        }
        return cut;
    }

    /**
     * Hidden classes have {@code +0x} and the address of their class behind their name; before JDK 17, and in their Java
     * names, a slash. What a program calls so itself has no 8 digits there. The anonymous classes of JDK 8 to 14 have a
     * slash and a decimal number.
     */
    private static String withoutAddress(String name) {
        int end = name.length();
        int at = end;
        while (at > 0 && Character.digit(name.charAt(at - 1), 16) >= 0) {
            at--;
        }
        if (end - at >= ADDRESS_DIGITS && at >= 3 && name.startsWith("0x", at - 2)) {
            char separator = name.charAt(at - 3);
            return separator == '+' || separator == '/' ? name.substring(0, at - 3) : name;
        }
        int slash = name.lastIndexOf('/');
        return slash > 0 && isDigits(name, slash + 1) ? name.substring(0, slash) : name;
    }

    /** Packages of proxies have a number in each loader's dynamic module. */
    private static String proxyPackage(String withSlash) {
        if (withSlash.startsWith(PROXY_PACKAGE)
                && isDigits(withSlash.substring(0, withSlash.length() - 1), PROXY_PACKAGE.length())) {
            return PROXY_PACKAGE + "/";
        }
        return withSlash;
    }

    private static boolean isNumber(String text, int from, char mark) {
        return from < text.length() && text.charAt(from) == mark && isDigits(text, from + 1);
    }

    /** Whether there are digits from a place on, at least one, and nothing else. */
    private static boolean isDigits(String text, int from) {
        for (int i = from; i < text.length(); i++) {
            if (text.charAt(i) < '0' || text.charAt(i) > '9') {
                return false;
            }
        }
        return from < text.length();
    }
}
