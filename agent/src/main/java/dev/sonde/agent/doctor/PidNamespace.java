package dev.sonde.agent.doctor;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;

/** Whether the pids that the kernel reports are those that this process sees. */
final class PidNamespace {
    private static final String NAME = "pid namespace";

    /** PROC_PID_INIT_INO (include/linux/proc_ns.h): the inode of the first namespace, always the same. */
    private static final String FIRST = "pid:[4026531836]";

    private PidNamespace() {}

    static Check check(Path proc) {
        String own;
        try {
            own = Files.readSymbolicLink(proc.resolve("self/ns/pid")).toString();
        } catch (IOException e) {
            return Check.warn(NAME, "unknown: " + e.getMessage(), "");
        }
        return own.equals(FIRST)
                ? Check.ok(NAME, "the host's")
                : Check.fail(
                        NAME,
                        own + " is a container's: processes have other numbers for the kernel",
                        "run on the host, or in a container with the host's pid namespace (--pid=host, hostPID: true)");
    }
}
