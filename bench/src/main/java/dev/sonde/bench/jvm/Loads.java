package dev.sonde.bench.jvm;

import java.util.List;

/** All that a stack of a JVM may be made of. */
final class Loads {

    private static final String INTERPRETER = "-Xint";
    private static final String C1 = "-XX:TieredStopAtLevel=1";

    static final List<Load> ALL = List.of(
            Load.of("Inlining"),
            Load.of("Inlining", C1),
            Load.of("Inlining", INTERPRETER),
            Load.of("Inlining", "-XX:-Inline"),
            Load.of("Megamorphic"),
            Load.of("Megamorphic", INTERPRETER),
            Load.of("Throwing"),
            Load.of("Throwing", C1),
            Load.of("Streams"),
            Load.of("Streams", "-XX:-SegmentedCodeCache", "-XX:ReservedCodeCacheSize=64m"),
            Load.of("Streams", "-XX:-UseCompressedClassPointers"),
            Load.of("Recursion"),
            Load.of("Recursion", INTERPRETER),
            Load.inThreads(2, "Garbage", "-XX:+UseG1GC"),
            Load.inThreads(2, "Garbage", "-XX:+UseParallelGC"),
            Load.inThreads(2, "Garbage", "-XX:+UseSerialGC"),
            Load.inThreads(2, "Garbage", "-XX:+UseZGC"),
            Load.of("Garbage", "-XX:+UseCompactObjectHeaders").since(25),
            Load.of("Intrinsics"),
            Load.of("Native"),
            Load.of("Upcalls").since(25),
            Load.of("Churn"),
            Load.inThreads(4, "Contention"),
            Load.program(21, "VirtualThreads"),
            Load.program(21, "VirtualThreads", "-XX:+UseParallelGC"),
            Load.program(21, "VirtualThreads", "-XX:+UseSerialGC"),
            Load.program(21, "VirtualThreads", "-XX:+UseZGC"),
            Load.program(21, "VirtualThreads garbage", "-XX:+UseZGC"));

    /** Those whose methods are many enough to be mistaken for each other; two threads, so that samples are many. */
    static final List<Load> COMPARED =
            List.of(Load.inThreads(2, "Streams"), Load.inThreads(2, "Intrinsics"), Load.inThreads(2, "Megamorphic"));

    private Loads() {}
}
