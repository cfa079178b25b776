package dev.sonde.agent.label;

import java.util.Optional;

/**
 * A rule that a process is meant by when each of its globs matches the whole value.
 *
 * @param service glob of the service label
 * @param comm glob of the process's name
 * @param cgroup glob of the control group's path
 */
public record FilterRule(Optional<Glob> service, Optional<Glob> comm, Optional<Glob> cgroup) {
    public FilterRule {
        if (service.isEmpty() && comm.isEmpty() && cgroup.isEmpty()) {
            throw new IllegalArgumentException("rule: no glob (expected: service, comm or cgroup)");
        }
    }

    boolean matches(String serviceValue, String commValue, String cgroupValue) {
        return matches(service, serviceValue) && matches(comm, commValue) && matches(cgroup, cgroupValue);
    }

    private static boolean matches(Optional<Glob> glob, String value) {
        return glob.isEmpty() || glob.get().matches(value);
    }
}
