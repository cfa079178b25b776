package dev.sonde.agent.label;

import java.util.List;
import java.util.Set;

/**
 * What a {@code java} command runs, from its arguments as the launcher reads them (JDK, src/java.base/share/native/
 * libjli/java.c, ParseArguments).
 */
final class JavaCommandLine {

    /** Options whose value is the next argument: IsWhiteSpaceOption of java.c. */
    private static final Set<String> OPTIONS_WITH_VALUE = Set.of(
            "-cp",
            "-classpath",
            "--class-path",
            "-p",
            "--module-path",
            "--upgrade-module-path",
            "--add-modules",
            "--enable-native-access",
            "--limit-modules",
            "--add-exports",
            "--add-opens",
            "--add-reads",
            "--patch-module",
            "--describe-module",
            "-d",
            "--source");

    private JavaCommandLine() {}

    /** Whether the executable is the launcher of a JDK or JRE. */
    static boolean isJava(ProcessFacts facts) {
        return facts.executableName().equals("java");
    }

    /**
     * The name of the application: a jar without its folder and {@code .jar}, the main class, or the main class of a
     * module (the module where none is named). Empty when the arguments name none, as with an {@code @argument-file}.
     */
    static String application(List<String> arguments) {
        boolean jar = false;
        for (int i = 1; i < arguments.size(); i++) {
            String argument = arguments.get(i);
            if (argument.equals("-m") || argument.equals("--module")) {
                return i + 1 < arguments.size() ? ofModule(arguments.get(i + 1)) : "";
            }
            if (argument.startsWith("--module=")) {
                return ofModule(argument.substring("--module=".length()));
            }
            if (argument.equals("-jar")) {
                jar = true;
            } else if (OPTIONS_WITH_VALUE.contains(argument)) {
                i++;
            } else if (argument.startsWith("@")) {
                return "";
            } else if (!argument.startsWith("-")) {
                return jar ? ofFile(argument, ".jar") : ofFile(argument, ".java");
            }
        }
        return "";
    }

    private static String ofModule(String module) {
        return module.substring(module.indexOf('/') + 1);
    }

    private static String ofFile(String argument, String suffix) {
        String name = argument.endsWith(suffix) ? argument.substring(argument.lastIndexOf('/') + 1) : argument;
        return name.endsWith(suffix) && name.length() > suffix.length()
                ? name.substring(0, name.length() - suffix.length())
                : name;
    }
}
