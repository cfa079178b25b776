package dev.sonde.agent.wiring;

import dev.sonde.agent.aggregate.KernelSymbols;
import dev.sonde.agent.kallsyms.KernelNames;
import dev.sonde.agent.kallsyms.VdsoSymbols;
import java.io.IOException;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Where names of this machine's own code come from. */
public final class Symbols {

    private static final Logger LOG = LoggerFactory.getLogger(Symbols.class);

    private Symbols() {}

    /** The kernel's, read now: that takes tenths of a second, in which no sample should have to wait. */
    public static KernelSymbols kernel() {
        KernelNames names = KernelNames.ofThisKernel();
        LOG.info("{} names of kernel functions", names.size());
        return names;
    }

    /** The vDSO's; none where it cannot be read, which is logged. */
    public static VdsoSymbols vdso() {
        try {
            return VdsoSymbols.ofThisProcess();
        } catch (IOException e) {
            LOG.warn("no names for the vDSO: {}", e.getMessage());
            return VdsoSymbols.none();
        }
    }
}
