package dev.sonde.agent.jvm.names;

import dev.sonde.agent.aggregate.CodeLocation;
import dev.sonde.agent.aggregate.CodeMapping;
import dev.sonde.model.FrameKind;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;

/** What a frame of Java code turned out to be. */
public sealed interface JavaFrame {

    /** A frame with names. There are thousands of each JVM: this is all that is kept of one. */
    final class Named implements JavaFrame {

        private static final Map<FrameKind, CodeMapping> MAPPINGS = mappings();

        /** The words that it was named by (FrameCache). */
        final long first;

        final long second;
        private final long number;
        private final CodeLocation location;
        private final boolean osr;

        /**
         * @param number that no other frame has, of any process
         * @param kind interpreted, by C1, by C2, or a native method
         * @param osr whether the code was compiled for on-stack replacement
         * @param lines innermost first: all but the last are inlined into the one behind them; at least one
         */
        Named(long first, long second, long number, FrameKind kind, boolean osr, List<CodeLocation.Line> lines) {
            this.first = first;
            this.second = second;
            this.number = number;
            this.location = CodeLocation.ofLines(MAPPINGS.get(kind), lines);
            this.osr = osr;
        }

        private static Map<FrameKind, CodeMapping> mappings() {
            Map<FrameKind, CodeMapping> mappings = new EnumMap<>(FrameKind.class);
            for (FrameKind kind : FrameKind.values()) {
                mappings.put(kind, CodeMapping.ofKind(kind));
            }
            return mappings;
        }

        /** A number that no other frame has, of any process. */
        public long number() {
            return number;
        }

        /** Its place, as it stands in profiles. */
        public CodeLocation location() {
            return location;
        }

        /** Interpreted, by C1, by C2, or a native method. */
        public FrameKind kind() {
            return FrameKind.ofMappingFile(location.mapping().name());
        }

        /** Whether the code was compiled for on-stack replacement. */
        public boolean osr() {
            return osr;
        }

        /** Innermost first: all but the last are inlined into the one behind them; never empty. */
        public List<CodeLocation.Line> lines() {
            return location.lines();
        }

        /** Whether another frame is at an equal place, be it another's. */
        @Override
        public boolean equals(Object other) {
            return other instanceof Named named && osr == named.osr && location.equals(named.location);
        }

        @Override
        public int hashCode() {
            return location.hashCode();
        }

        @Override
        public String toString() {
            return location.toString();
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
