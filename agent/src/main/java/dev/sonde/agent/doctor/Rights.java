package dev.sonde.agent.doctor;

import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/**
 * The capabilities that sampling needs.
 *
 * @see <a href="https://man7.org/linux/man-pages/man7/capabilities.7.html">capabilities(7)</a>
 */
final class Rights {
    private static final String NAME = "rights";

    private static final int CAP_SYS_PTRACE = 19;
    private static final int CAP_SYS_ADMIN = 21;
    private static final int CAP_SYSLOG = 34;
    private static final int CAP_PERFMON = 38;
    private static final int CAP_BPF = 39;
    private static final int CAP_CHECKPOINT_RESTORE = 40;

    private Rights() {}

    static Check check(Path proc) {
        try {
            return of(Long.parseUnsignedLong(ProcText.status(proc.resolve("self/status"), "CapEff"), 16));
        } catch (IOException | NumberFormatException e) {
            return Check.warn(NAME, "unknown: " + e.getMessage(), "");
        }
    }

    /** @param effective the set CapEff of proc_pid_status(5) */
    static Check of(long effective) {
        if (!has(effective, CAP_SYS_ADMIN) && !(has(effective, CAP_BPF) && has(effective, CAP_PERFMON))) {
            return Check.fail(
                    NAME, "neither root nor CAP_BPF and CAP_PERFMON", "run as root, or give both to the process");
        }
        List<String> missing = new ArrayList<>();
        if (!has(effective, CAP_SYS_PTRACE)) {
            missing.add("CAP_SYS_PTRACE (other users' mappings and files stay unknown, their stacks cut)");
        }
        if (!has(effective, CAP_CHECKPOINT_RESTORE) && !has(effective, CAP_SYS_ADMIN)) {
            missing.add("CAP_CHECKPOINT_RESTORE (stacks in deleted files are cut, others are opened by name)");
        }
        if (!has(effective, CAP_SYSLOG) && !has(effective, CAP_SYS_ADMIN)) {
            missing.add("CAP_SYSLOG (kernel frames may stay without names)");
        }
        return missing.isEmpty()
                ? Check.ok(NAME, "all that is needed")
                : Check.warn(NAME, "without " + String.join(" and ", missing), "run as root, or give these too");
    }

    private static boolean has(long effective, int capability) {
        return (effective >>> capability & 1) != 0;
    }
}
