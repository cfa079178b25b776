package dev.sonde.agent.kernel;

import dev.sonde.agent.kernel.ffi.FfmLibBpf;
import dev.sonde.agent.kernel.ffi.Libc;

/** Why sampling cannot start, in words that say how to mend it. */
final class SamplerFailure {
    private static final int EPERM = 1;
    private static final int EACCES = 13;
    private static final int EMFILE = 24;

    private static final String RIGHTS =
            "run as root, or give the process CAP_BPF and CAP_PERFMON (and, for whole stacks"
                    + " of all processes, CAP_SYS_PTRACE and CAP_CHECKPOINT_RESTORE)";

    private SamplerFailure() {}

    static SamplerException call(Libc libc, String what, int errno) {
        String remedy = isRight(errno) ? "; " + RIGHTS : "";
        return new SamplerException(what + ": " + libc.strerror(errno) + remedy);
    }

    static SamplerException perfEvent(Libc libc, int cpu, int errno) {
        String what = "opening the clock event of CPU " + cpu + ": " + libc.strerror(errno);
        if (isRight(errno)) {
            return new SamplerException(
                    what + "; " + RIGHTS + " (kernel.perf_event_paranoid forbids it to other users)");
        }
        return new SamplerException(errno == EMFILE ? what + "; raise the limit of open files (ulimit -n)" : what);
    }

    static SamplerException load(Libc libc, int errno, String log) {
        String remedy = isRight(errno) ? "; " + RIGHTS : "";
        String said = log.isEmpty() ? "" : "\nlibbpf says:\n" + log;
        return new SamplerException("loading the sampler into the kernel: " + libc.strerror(errno) + remedy + said);
    }

    static SamplerException noLibBpf(UnsatisfiedLinkError error) {
        return new SamplerException(
                FfmLibBpf.SONAME + " cannot be used (" + error.getMessage()
                        + "); install libbpf 1.0 or newer: package libbpf1 on Debian and Ubuntu, libbpf on others",
                error);
    }

    static SamplerException noBtf(String path) {
        return new SamplerException(path + " is missing: this kernel was built without type information"
                + "; use one with CONFIG_DEBUG_INFO_BTF=y, as all large distributions have");
    }

    static SamplerException architecture(String name) {
        return new SamplerException("architecture: " + name + " (expected: amd64, the only one that is supported yet)");
    }

    private static boolean isRight(int errno) {
        return errno == EPERM || errno == EACCES;
    }
}
