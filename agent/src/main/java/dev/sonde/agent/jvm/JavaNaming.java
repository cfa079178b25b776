package dev.sonde.agent.jvm;

import dev.sonde.agent.aggregate.CodeLocation;
import dev.sonde.agent.aggregate.CodeMapping;
import dev.sonde.agent.aggregate.RawSample;
import dev.sonde.agent.count.Counts;
import dev.sonde.agent.jvm.code.CodeHeap;
import dev.sonde.agent.jvm.memory.ProcessMemory;
import dev.sonde.agent.jvm.names.JavaFrame;
import dev.sonde.agent.jvm.names.JavaLine;
import dev.sonde.agent.jvm.names.JavaMethod;
import dev.sonde.agent.jvm.names.JvmCode;
import dev.sonde.agent.jvm.thread.VirtualThreadNames;
import dev.sonde.agent.kernel.code.FrameWord;
import dev.sonde.model.FrameKind;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.atomic.AtomicLong;

/**
 * Names the frames in one JVM's code, soon after their samples. Allocates nothing for a frame that was named before. One
 * thread, that which takes samples in.
 */
final class JavaNaming implements AutoCloseable {

    /** What stands in place of a name that could not be read in time. */
    private static final String STALE = "[jvm stale]";

    private static final CodeLocation STALE_INTERPRETED =
            CodeLocation.ofName(CodeMapping.ofKind(FrameKind.JVM_INTERPRETED), STALE);

    /** Which compiler made it is as unknown as its name. */
    private static final CodeLocation STALE_COMPILED = CodeLocation.ofName(CodeMapping.ofKind(FrameKind.JIT), STALE);

    private static final CodeLocation STALE_STUB = CodeLocation.ofName(CodeMapping.ofKind(FrameKind.JVM_STUB), STALE);

    /** Their numbers; those of named frames are larger. */
    static final long FIRST_NUMBER = 3;

    private static final int STALE_INTERPRETED_NUMBER = 0;
    private static final int STALE_COMPILED_NUMBER = 1;
    private static final int STALE_STUB_NUMBER = 2;

    private final ProcessMemory memory;
    private final JvmCode code;
    private final AtomicLong numbers;
    private final Counts<FrameResult> counts;
    private final long low;
    private final long end;
    private final PlaceCache places = new PlaceCache();
    private final VirtualThreadNames virtualThreads;
    private long round;

    /**
     * @param memory of the process, closed with this
     * @param heaps the JVM's code heaps
     * @param numbers those that places and names of virtual threads get, of all JVMs
     */
    JavaNaming(
            ProcessMemory memory,
            JvmCode code,
            List<CodeHeap> heaps,
            AtomicLong numbers,
            Counts<FrameResult> counts,
            Counts<JvmEvent> events) {
        this.memory = memory;
        this.code = code;
        this.numbers = numbers;
        this.counts = counts;
        this.virtualThreads = new VirtualThreadNames(numbers, () -> events.increment(JvmEvent.VIRTUAL_NAMES_FULL));
        this.low = heaps.stream().mapToLong(CodeHeap::low).min().orElse(0);
        this.end = heaps.stream().mapToLong(CodeHeap::highBoundary).max().orElse(0);
    }

    /** Whether an address lies among the JVM's code. */
    boolean covers(long address) {
        return address >= low && address < end;
    }

    /** Reads anew what it needs, once in each round. */
    void enter(long currentRound) {
        if (round != currentRound) {
            round = currentRound;
            code.beginRound();
        }
    }

    /**
     * Adds a frame of Java code to a sample.
     *
     * @param first its first word
     * @param second its second word
     * @param leaf whether it is the first of the user's frames
     */
    void addJava(RawSample to, long first, long second, boolean leaf) {
        switch (code.resolve(first, second, leaf)) {
            case JavaFrame.Named named -> {
                counts.increment(FrameResult.NAMED);
                PlaceCache.Place place = places.java(named);
                if (place == null) {
                    place = places.put(named, numbers.getAndIncrement(), location(named));
                }
                to.addResolvedFrame(place.number(), place.location());
            }
            case JavaFrame.Unnamed unnamed -> {
                counts.increment(unnamed == JavaFrame.Unnamed.STALE ? FrameResult.STALE : FrameResult.UNREADABLE);
                addStale(to, first);
            }
        }
    }

    /** Adds a frame of Java code that nobody can name any more. */
    static void addStale(RawSample to, long first) {
        boolean interpreted = FrameWord.kind(first) == FrameWord.INTERPRETED;
        to.addResolvedFrame(
                interpreted ? STALE_INTERPRETED_NUMBER : STALE_COMPILED_NUMBER,
                interpreted ? STALE_INTERPRETED : STALE_COMPILED);
    }

    /** Adds a frame of the JVM's code that is no method's. */
    void addStub(RawSample to, long address, boolean leaf) {
        String name = code.stub(leaf ? address : address - 1);
        if (name == null) {
            counts.increment(FrameResult.STALE);
            to.addResolvedFrame(STALE_STUB_NUMBER, STALE_STUB);
            return;
        }
        counts.increment(FrameResult.STUB);
        PlaceCache.Place place = places.stub(name);
        if (place == null) {
            CodeLocation location = CodeLocation.ofName(CodeMapping.ofKind(FrameKind.JVM_STUB), name);
            place = places.put(name, numbers.getAndIncrement(), location);
        }
        to.addResolvedFrame(place.number(), place.location());
    }

    /** What to call a virtual thread ({@link VirtualThreadNames#of}). */
    VirtualThreadNames.Named virtualThread(byte[] text, int length, boolean utf16) {
        return virtualThreads.of(text, length, utf16);
    }

    private CodeLocation location(JavaFrame.Named named) {
        List<CodeLocation.Line> lines = new ArrayList<>(named.lines().size());
        for (JavaLine line : named.lines()) {
            lines.add(new CodeLocation.Line(places.function(line.method(), JavaNaming::function), line.line()));
        }
        return CodeLocation.ofLines(CodeMapping.ofKind(named.kind()), lines);
    }

    private static CodeLocation.Function function(JavaMethod method) {
        return new CodeLocation.Function(method.name(), method.systemName(), method.path());
    }

    @Override
    public void close() {
        memory.close();
    }
}
