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

    private static final String SOURCE = ".java";

    private JavaCommandLine() {}

    /** Whether the executable is the launcher of a JDK or JRE. */
    static boolean isJava(ProcessFacts facts) {
        return facts.executableName().equals("java");
    }

    /**
     * The application: a jar's name parted into artifact and version, the main class, or the main class of a module (the
     * module where none is named). Unknown when the arguments name none, as with an {@code @argument-file}.
     */
    static ServiceVersion application(List<String> arguments) {
        boolean jar = false;
        for (int i = 1; i < arguments.size(); i++) {
            String argument = arguments.get(i);
            if (argument.equals("-m") || argument.equals("--module")) {
                return i + 1 < arguments.size() ? ofModule(arguments.get(i + 1)) : ServiceVersion.UNKNOWN;
            }
            if (argument.startsWith("--module=")) {
                return ofModule(argument.substring("--module=".length()));
            }
            if (argument.equals("-jar")) {
                jar = true;
            } else if (OPTIONS_WITH_VALUE.contains(argument)) {
                i++;
            } else if (argument.startsWith("@")) {
                return ServiceVersion.UNKNOWN;
            } else if (!argument.startsWith("-")) {
                return jar ? ofJar(argument) : ofClass(argument);
            }
        }
        return ServiceVersion.UNKNOWN;
    }

    private static ServiceVersion ofModule(String module) {
        return new ServiceVersion(module.substring(module.indexOf('/') + 1), "");
    }

    private static ServiceVersion ofJar(String path) {
        JarName name = JarName.of(path);
        return new ServiceVersion(name.artifact(), name.version());
    }

    /** A class, or the source file of one, which the launcher compiles. */
    private static ServiceVersion ofClass(String argument) {
        boolean source = argument.endsWith(SOURCE) && argument.length() > SOURCE.length();
        String name = source
                ? argument.substring(argument.lastIndexOf('/') + 1, argument.length() - SOURCE.length())
                : argument;
        return new ServiceVersion(name, "");
    }
}
