package dev.sonde.agent.process;

import dev.sonde.agent.label.EnvironmentLabels;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/**
 * Arguments and environment of a process, which {@code /proc} gives as strings that end in a zero byte
 * (proc_pid_cmdline(5), proc_pid_environ(5)). The process can write anything there.
 */
final class ProcessStrings {

    /** Class paths run to some 100 KB, and the main class comes after it. */
    static final int MAX_COMMAND_LINE_BYTES = 256 << 10;

    /** execve(2) allows more, but what is looked for comes from deployments, whose environments have some 10 KB. */
    static final int MAX_ENVIRONMENT_BYTES = 1 << 20;

    /** More of one argument tells nobody who the process is. */
    private static final int MAX_ARGUMENT_BYTES = 1024;

    private static final int MAX_ARGUMENTS = 1024;

    /** Values of the variables are cut to the length of a label anyway; resource attributes hold several. */
    private static final int MAX_VARIABLE_BYTES = 16 << 10;

    private ProcessStrings() {}

    /** The arguments, each cut to {@value #MAX_ARGUMENT_BYTES} bytes. */
    static List<String> commandLine(byte[] bytes) {
        List<String> arguments = new ArrayList<>();
        for (int from = 0; from < bytes.length && arguments.size() < MAX_ARGUMENTS; ) {
            int end = endOfString(bytes, from);
            arguments.add(text(bytes, from, Math.min(end, from + MAX_ARGUMENT_BYTES)));
            from = end + 1;
        }
        // A process that wrote its title over its arguments leaves empty ones behind it.
        while (!arguments.isEmpty() && arguments.getLast().isEmpty()) {
            arguments.removeLast();
        }
        return List.copyOf(arguments);
    }

    /** The variables that labels are made from; where one stands twice the first counts, as for getenv(3). */
    static Map<String, String> environment(byte[] bytes) {
        Map<String, String> found = new HashMap<>();
        for (int from = 0; from < bytes.length; ) {
            int end = endOfString(bytes, from);
            // All names begin with SONDE_ or OTEL_: nothing else is made a String.
            if (bytes[from] == 'S' || bytes[from] == 'O') {
                String variable = text(bytes, from, Math.min(end, from + MAX_VARIABLE_BYTES));
                int equals = variable.indexOf('=');
                if (equals > 0 && EnvironmentLabels.VARIABLES.contains(variable.substring(0, equals))) {
                    found.putIfAbsent(variable.substring(0, equals), variable.substring(equals + 1));
                }
            }
            from = end + 1;
        }
        return found;
    }

    private static int endOfString(byte[] bytes, int from) {
        int end = from;
        while (end < bytes.length && bytes[end] != 0) {
            end++;
        }
        return end;
    }

    private static String text(byte[] bytes, int from, int end) {
        return new String(bytes, from, end - from, StandardCharsets.UTF_8);
    }
}
