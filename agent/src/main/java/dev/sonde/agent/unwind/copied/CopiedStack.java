package dev.sonde.agent.unwind.copied;

import static java.lang.foreign.ValueLayout.JAVA_BYTE;

import dev.sonde.agent.kernel.Sample;
import dev.sonde.agent.kernel.StackOutcome;
import dev.sonde.agent.kernel.code.MappedArea;
import java.lang.foreign.MemorySegment;
import java.util.ArrayList;
import java.util.List;

/**
 * Registers and stack of one sample on their way through the unwinder. It is made and asked by one thread, and finished
 * by another.
 */
public final class CopiedStack {

    /** A copy that is longer than this was not ended by a page that is not there ({@code copy_pages} in stack_copy.h). */
    private static final int FULL_BYTES = 7 * 4096;

    private final long timeNanos;
    private final int pid;
    private final long processStartNanos;
    private final byte[] registers;
    private final long start;
    private final int size;
    private final List<MappedArea> areas;
    private final boolean pending;
    private volatile byte[] bytes;
    private volatile Result result;
    private volatile Result provisional;
    private volatile boolean abandoned;

    /**
     * How it ended.
     *
     * @param event {@link CopyEvent#FINISHED}, or why not
     * @param stack what was found; null where nothing was unwound
     */
    record Result(CopyEvent event, FinishedStack stack) {}

    CopiedStack(
            long timeNanos,
            int pid,
            long processStartNanos,
            byte[] registers,
            long start,
            byte[] bytes,
            List<MappedArea> areas,
            boolean pending) {
        this.timeNanos = timeNanos;
        this.pid = pid;
        this.processStartNanos = processStartNanos;
        this.registers = registers;
        this.start = start;
        this.bytes = bytes;
        this.size = bytes.length;
        this.areas = areas;
        this.pending = pending;
    }

    /** Copies what a sample with a stack has. */
    static CopiedStack of(Sample sample) {
        List<MappedArea> areas = new ArrayList<>();
        for (int i = 0; i < sample.areas(); i++) {
            areas.add(sample.area(i));
        }
        return new CopiedStack(
                sample.timeNanos(),
                sample.pid(),
                sample.processStartNanos(),
                sample.registers().toArray(JAVA_BYTE),
                sample.stackStart(),
                sample.stack().toArray(JAVA_BYTE),
                areas,
                sample.outcome() == StackOutcome.TABLE_PENDING);
    }

    /** When it was copied, CLOCK_MONOTONIC. */
    public long timeNanos() {
        return timeNanos;
    }

    int pid() {
        return pid;
    }

    /** When its process started, CLOCK_BOOTTIME. */
    public long processStartNanos() {
        return processStartNanos;
    }

    /** The code that was met until a table was missing. */
    List<MappedArea> areas() {
        return areas;
    }

    /** Whether the sampling program missed a table; otherwise it went through code of no file, by frame pointers. */
    boolean pending() {
        return pending;
    }

    /** Copies the registers. */
    void registersInto(MemorySegment to) {
        MemorySegment.copy(registers, 0, to, JAVA_BYTE, 0, registers.length);
    }

    /** Copies the stack; returns the part of {@code to} that it takes. */
    MemorySegment stackInto(MemorySegment to) {
        byte[] from = bytes;
        MemorySegment.copy(from, 0, to, JAVA_BYTE, 0, from.length);
        return to.asSlice(0, from.length);
    }

    /** The address of the stack's first byte. */
    long start() {
        return start;
    }

    /** Bytes of the stack. */
    public int size() {
        return size;
    }

    /** Whether the copy is as long as copies are: there was more of the stack. */
    boolean cut() {
        return size > FULL_BYTES;
    }

    void finish(Result how) {
        result = how;
    }

    /** Takes what becomes of it when it is not finished. */
    void provide(Result how) {
        provisional = how;
    }

    /** What becomes of it when it is not finished; null where nothing does. */
    Result provisional() {
        return provisional;
    }

    /** How it ended; null while it waits. */
    Result result() {
        return result;
    }

    /** Says that nobody waits for it any more; its memory is given up, wherever it is queued. */
    void abandon() {
        abandoned = true;
        bytes = new byte[0];
    }

    boolean abandoned() {
        return abandoned;
    }
}
