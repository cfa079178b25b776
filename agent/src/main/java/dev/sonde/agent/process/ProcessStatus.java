package dev.sonde.agent.process;

import java.nio.charset.StandardCharsets;

/**
 * What is used of {@code /proc/PID/status} (proc_pid_status(5)).
 *
 * @param uid the real user
 * @param namespacePid the pid in the innermost pid namespace, the one that the process sees
 */
record ProcessStatus(int uid, int namespacePid) {

    static final int MAX_BYTES = 16 << 10;

    /** Reads the file; what is missing is user 0 and the pid as the agent sees it. */
    static ProcessStatus parse(byte[] status, int pid) {
        int uid = 0;
        int namespacePid = pid;
        for (String line : new String(status, StandardCharsets.UTF_8).split("\n", -1)) {
            String[] words = line.split("\\s+", -1);
            if (line.startsWith("Uid:") && words.length > 1) {
                uid = number(words[1], uid);
            } else if (line.startsWith("NSpid:") && words.length > 1) {
                namespacePid = number(words[words.length - 1], namespacePid);
            }
        }
        return new ProcessStatus(uid, namespacePid);
    }

    private static int number(String text, int otherwise) {
        try {
            // Users run to 2^32 - 2.
            return Integer.parseUnsignedInt(text);
        } catch (NumberFormatException e) {
            return otherwise;
        }
    }
}
