package dev.sonde.agent.jvm.facts;

/**
 * What the launcher told the JVM to run, from {@code sun.rt.javaCommand}: a jar's path, a class or {@code module/class},
 * then the arguments, parted by spaces (src/java.base/share/native/libjli/java.c, SetJavaCommandLineProp).
 *
 * @param mainClass the class; empty where a jar names it
 * @param jarPath the jar as it was named to the launcher; empty where a class was
 */
record JavaCommand(String mainClass, String jarPath) {

    private static final String SUFFIX = ".jar";

    static JavaCommand parse(String command) {
        // A jar's path may hold spaces, a class name may not.
        int jar = command.indexOf(SUFFIX + " ");
        if (jar >= 0 || command.endsWith(SUFFIX)) {
            String path = jar >= 0 ? command.substring(0, jar + SUFFIX.length()) : command;
            int space = path.indexOf(' ');
            // "app/x.Main y.jar": where the first word does not begin a path, the jar is an argument.
            if (space < 0 || path.charAt(0) == '/' || path.charAt(0) == '.') {
                return new JavaCommand("", path);
            }
        }
        int end = command.indexOf(' ');
        String first = end < 0 ? command : command.substring(0, end);
        return new JavaCommand(first.substring(first.indexOf('/') + 1), "");
    }
}
