package dev.sonde.agent.jvm;

import dev.sonde.agent.aggregate.CodeLocation;
import dev.sonde.agent.aggregate.CodeMapping;
import dev.sonde.agent.aggregate.RawSample;
import dev.sonde.agent.count.Counts;
import dev.sonde.agent.jvm.code.CodeHeap;
import dev.sonde.agent.jvm.memory.ProcessMemory;
import dev.sonde.agent.jvm.names.JavaFrame;
import dev.sonde.agent.jvm.names.JvmCode;
import dev.sonde.agent.jvm.thread.VirtualThreadNames;
import dev.sonde.agent.kernel.code.FrameWord;
import dev.sonde.model.FrameKind;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.atomic.AtomicLong;

/**
 * Names the frames in one JVM's code, soon after their samples. Allocates nothing for a frame that was named before. One
 * thread, that which takes samples in.
 */
final class JavaNaming implements NameBudget.Holder, AutoCloseable {

    private static final CodeMapping STUB = CodeMapping.ofKind(FrameKind.JVM_STUB);

    /** JDK 25 has some 400 names of stubs, of which samples find a few dozen. */
    private static final int MAX_STUBS = 512;

    /** What stands in place of a name that could not be read in time. */
    private static final String STALE = "[jvm stale]";

    private static final CodeLocation STALE_INTERPRETED =
            CodeLocation.ofName(CodeMapping.ofKind(FrameKind.JVM_INTERPRETED), STALE);

    /** Which compiler made it is as unknown as its name. */
    private static final CodeLocation STALE_COMPILED = CodeLocation.ofName(CodeMapping.ofKind(FrameKind.JIT), STALE);

    private static final CodeLocation STALE_STUB = CodeLocation.ofName(STUB, STALE);

    /** Their numbers; those of named frames are larger. */
    static final long FIRST_NUMBER = 3;

    private static final int STALE_INTERPRETED_NUMBER = 0;
    private static final int STALE_COMPILED_NUMBER = 1;
    private static final int STALE_STUB_NUMBER = 2;

    private final ProcessMemory memory;
    private final JvmCode code;
    private final AtomicLong numbers;
    private final Counts<JvmEvent> events;
    private final Counts<FrameResult> counts;
    private final long low;
    private final long end;
    private final Map<String, Stub> stubs = new HashMap<>();
    private VirtualThreadNames virtualThreads;
    private long round;

    /** Whether nothing was asked since all was given up. */
    private boolean resting;

    /**
     * A place in a stub.
     *
     * @param number that no other place has
     */
    private record Stub(long number, CodeLocation location) {}

    /**
     * @param memory of the process, closed with this
     * @param heaps the JVM's code heaps
     * @param numbers those that stubs and names of virtual threads get, of all JVMs
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
        this.events = events;
        this.virtualThreads = noVirtualThreads();
        this.low = heaps.stream().mapToLong(CodeHeap::low).min().orElse(0);
        this.end = heaps.stream().mapToLong(CodeHeap::highBoundary).max().orElse(0);
    }

    private VirtualThreadNames noVirtualThreads() {
        return new VirtualThreadNames(numbers, () -> events.increment(JvmEvent.VIRTUAL_NAMES_FULL));
    }

    /** Whether an address lies among the JVM's code. */
    boolean covers(long address) {
        return address >= low && address < end;
    }

    /** Reads anew what it needs, once in each round. */
    void enter(long currentRound) {
        if (round != currentRound) {
            round = currentRound;
            if (resting) {
                // Until the room is shared out anew: without any, each frame would be read each time.
                resting = false;
                code.limit(Long.MAX_VALUE);
            }
            code.beginRound();
        }
    }

    @Override
    public long round() {
        return round;
    }

    @Override
    public long bytes() {
        return code.nameBytes();
    }

    /** What is small beside the frames goes when nothing may stay. */
    @Override
    public void limit(long bytes) {
        code.limit(bytes);
        if (bytes == 0 && !resting) {
            resting = true;
            stubs.clear();
            virtualThreads = noVirtualThreads();
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
                to.addResolvedFrame(named.number(), named.location());
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
        Stub stub = stubs.get(name);
        if (stub == null) {
            if (stubs.size() >= MAX_STUBS) {
                stubs.clear();
            }
            stub = new Stub(numbers.getAndIncrement(), CodeLocation.ofName(STUB, name));
            stubs.put(name, stub);
        }
        to.addResolvedFrame(stub.number(), stub.location());
    }

    /** What to call a virtual thread ({@link VirtualThreadNames#of}). */
    VirtualThreadNames.Named virtualThread(byte[] text, int length, boolean utf16) {
        return virtualThreads.of(text, length, utf16);
    }

    @Override
    public void close() {
        memory.close();
    }
}
