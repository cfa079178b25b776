package dev.sonde.agent.kernel;

import dev.sonde.agent.kernel.ffi.FfmLibBpf;
import dev.sonde.agent.kernel.ffi.FfmLibc;
import dev.sonde.agent.kernel.ffi.Libc;
import dev.sonde.agent.kernel.sys.CpuList;
import java.io.IOException;
import java.util.BitSet;

/** Tries single steps of {@link Sampler#open}, for a report of what works and what does not. */
public final class KernelProbe {
    private KernelProbe() {}

    /**
     * Opens and closes a clock event on each online CPU.
     *
     * @return how many CPUs
     * @throws SamplerException when one cannot be opened
     */
    public static int openClocks() throws SamplerException {
        Libc libc = new FfmLibc();
        BitSet online;
        try {
            online = CpuList.read(CpuList.ONLINE);
        } catch (IOException e) {
            throw new SamplerException("cannot read which CPUs are online: " + e.getMessage(), e);
        }
        long periodNanos = SamplerOptions.wholeMachine(1).periodNanos();
        for (int cpu = online.nextSetBit(0); cpu >= 0; cpu = online.nextSetBit(cpu + 1)) {
            int fd = PerfEvents.openClock(libc, cpu, periodNanos);
            if (fd < 0) {
                throw SamplerFailure.perfEvent(libc, cpu, -fd);
            }
            libc.close(fd);
        }
        return online.cardinality();
    }

    /**
     * Loads libbpf.
     *
     * @return its version, for example {@code v1.1}
     * @throws SamplerException when it is not there or too old
     */
    public static String libBpfVersion() throws SamplerException {
        try {
            return FfmLibBpf.open().version();
        } catch (UnsatisfiedLinkError e) {
            throw SamplerFailure.noLibBpf(e);
        }
    }
}
