package dev.sonde.agent.process;

import dev.sonde.agent.label.LabelText;
import java.nio.charset.StandardCharsets;

/**
 * The control group of a process.
 *
 * @param path of the unified hierarchy, or where that is the root, the longest of the version 1 hierarchies; empty when
 *     not known
 * @param containerId the container's id of 64 hexadecimal digits; empty outside of containers
 */
record Cgroup(String path, String containerId) {

    /** A process has one line a hierarchy, of at most PATH_MAX. */
    static final int MAX_BYTES = 64 << 10;

    private static final int ID_DIGITS = 64;

    /** Reads {@code /proc/PID/cgroup}, lines of {@code hierarchy:controllers:path} (cgroups(7)). */
    static Cgroup parse(byte[] file) {
        String unified = "";
        String longest = "";
        for (String line : new String(file, StandardCharsets.UTF_8).split("\n", -1)) {
            int first = line.indexOf(':');
            int second = line.indexOf(':', first + 1);
            if (first < 0 || second < 0) {
                continue;
            }
            String path = line.substring(second + 1);
            if (line.startsWith("0::")) {
                unified = path;
            } else if (path.length() > longest.length()) {
                longest = path;
            }
        }
        String path = LabelText.printable(unified.length() > 1 || longest.length() <= 1 ? unified : longest);
        return new Cgroup(path, containerId(path));
    }

    /**
     * The id in a path as docker, containerd, cri-o, podman and systemd scopes write it: {@code /docker/ID},
     * {@code docker-ID.scope}, {@code cri-containerd-ID.scope}, {@code crio-ID.scope}, {@code libpod-ID.scope},
     * {@code /kubepods/.../ID}. The last one in the path is the innermost. The group of a container's monitor,
     * {@code crio-conmon-ID}, is outside of the container.
     */
    private static String containerId(String path) {
        int end = path.length();
        while (end > 0) {
            int start = end;
            while (start > 0 && isHexDigit(path.charAt(start - 1))) {
                start--;
            }
            if (end - start == ID_DIGITS) {
                return path.startsWith("conmon-", start - "conmon-".length()) ? "" : path.substring(start, end);
            }
            end = start == end ? end - 1 : start;
        }
        return "";
    }

    private static boolean isHexDigit(char c) {
        return (c >= '0' && c <= '9') || (c >= 'a' && c <= 'f');
    }
}
