package dev.sonde.agent.jvm.names;

import dev.sonde.model.FrameKind;
import java.util.List;

/** What a frame of Java code turned out to be. */
public sealed interface JavaFrame {

    /**
     * A frame with names.
     *
     * @param kind interpreted, by C1, by C2, or a native method
     * @param osr whether the code was compiled for on-stack replacement
     * @param lines innermost first: all but the last are inlined into the one behind them; never empty
     */
    record Named(FrameKind kind, boolean osr, List<JavaLine> lines) implements JavaFrame {
        public Named {
            lines = List.copyOf(lines);
            if (lines.isEmpty()) {
                throw new IllegalArgumentException("lines: none (expected: at least the method itself)");
            }
        }
    }

    /** A frame without names. */
    enum Unnamed implements JavaFrame {
        /** What the sample saw is no longer there: the code was freed or replaced, the class unloaded. */
        STALE,
        /** The process is gone, or may not be read. */
        UNREADABLE
    }
}
