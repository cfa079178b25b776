package dev.sonde.agent.wiring;

import dev.sonde.agent.aggregate.CodeLocation;
import dev.sonde.agent.aggregate.CodeMapping;
import dev.sonde.agent.aggregate.KernelSymbols;
import dev.sonde.agent.aggregate.VdsoSymbols;
import dev.sonde.model.FrameKind;
import java.io.IOException;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Where names of this machine's own code come from. */
public final class Symbols {

    private static final Logger LOG = LoggerFactory.getLogger(Symbols.class);

    private static final CodeLocation UNKNOWN_KERNEL =
            CodeLocation.ofName(CodeMapping.ofKind(FrameKind.KERNEL), "[unknown]");

    private Symbols() {}

    /** The kernel's. */
    public static KernelSymbols kernel() {
        return address -> UNKNOWN_KERNEL;
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
