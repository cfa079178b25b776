package dev.sonde.agent.doctor;

/** Whether the kernel is new enough. */
final class KernelVersion {
    private static final String NAME = "kernel";

    /** The first whose memory areas lie in a maple tree (mm_struct.mm_mt), which the unwinder walks. */
    private static final int OLDEST = 601;

    private KernelVersion() {}

    /** @param release as {@code uname -r} prints it: 6.1.0-18-amd64 */
    static Check check(String release) {
        int version = number(release);
        if (version < 0) {
            return Check.warn(NAME, release + " (expected: a version such as 6.1.0)", "");
        }
        if (version < OLDEST) {
            return Check.fail(NAME, release + " (expected: 6.1 or newer)", "use a newer kernel");
        }
        return Check.ok(NAME, release);
    }

    /** Major times 100 and minor, or -1. */
    private static int number(String release) {
        int dot = release.indexOf('.');
        int end = dot + 1;
        while (end < release.length() && release.charAt(end) >= '0' && release.charAt(end) <= '9') {
            end++;
        }
        try {
            int minor = Integer.parseInt(release, dot + 1, end, 10);
            return Integer.parseInt(release, 0, dot, 10) * 100 + Math.min(minor, 99);
        } catch (NumberFormatException | IndexOutOfBoundsException e) {
            return -1;
        }
    }
}
