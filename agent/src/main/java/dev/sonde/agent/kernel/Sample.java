package dev.sonde.agent.kernel;

import static java.lang.foreign.ValueLayout.JAVA_BYTE;
import static java.lang.foreign.ValueLayout.JAVA_INT;
import static java.lang.foreign.ValueLayout.JAVA_LONG;
import static java.lang.foreign.ValueLayout.JAVA_SHORT;

import dev.sonde.agent.kernel.code.FrameWord;
import dev.sonde.agent.kernel.code.MappedArea;
import java.lang.foreign.MemorySegment;
import java.nio.charset.StandardCharsets;

/**
 * One sample, read in place from the ring buffer ({@code struct sonde_sample} in sample.h). The object is reused: it is
 * valid only during {@link SampleHandler#onSample}.
 */
public final class Sample {
    static final int TIME = 0;
    static final int PROCESS_START = 8;
    static final int PID = 16;
    static final int TID = 20;
    static final int CPU = 24;
    static final int KERNEL_DEPTH = 28;
    static final int USER_DEPTH = 30;
    static final int OUTCOME = 32;
    static final int FLAGS = 33;
    static final int AREAS = 34;
    static final int VIRTUAL_NAME_BYTES = 35;
    static final int STACK_BYTES = 36;
    static final int USER_WORDS = 38;
    static final int COMM = 40;
    static final int PROCESS_COMM = 56;
    static final int REGISTERS = 72;
    static final int FS_BASE = 240;
    static final int VIRTUAL_NAME = 248;
    static final int WORDS = 312;

    static final int COMM_BYTES = 16;
    static final int REGISTERS_BYTES = VIRTUAL_NAME - REGISTERS;

    /** The most that a virtual thread's name has here. */
    public static final int NAME_BYTES = WORDS - VIRTUAL_NAME;

    static final int FLAG_IN_KERNEL = 1;
    static final int FLAG_KERNEL_THREAD = 2;
    static final int FLAG_REGISTERS = 4;
    static final int FLAG_SAFEPOINT = 8;
    static final int FLAG_NAME_UTF16 = 16;
    static final int FLAG_MAY_BE_JVM = 32;

    private MemorySegment memory = MemorySegment.NULL;
    private long start;
    private int kernelDepth;
    private int userDepth;
    private int userWords;
    private int areas;
    private int stackBytes;

    Sample() {}

    /**
     * Makes this object the record at {@code start}.
     *
     * @return whether the record is as long as its counts say
     */
    boolean wrap(MemorySegment memory, long start, int bytes) {
        this.memory = memory;
        this.start = start;
        if (bytes < WORDS) {
            return false;
        }
        kernelDepth = Short.toUnsignedInt(memory.get(JAVA_SHORT, start + KERNEL_DEPTH));
        userDepth = Short.toUnsignedInt(memory.get(JAVA_SHORT, start + USER_DEPTH));
        userWords = Short.toUnsignedInt(memory.get(JAVA_SHORT, start + USER_WORDS));
        areas = Byte.toUnsignedInt(memory.get(JAVA_BYTE, start + AREAS));
        stackBytes = Short.toUnsignedInt(memory.get(JAVA_SHORT, start + STACK_BYTES));
        // The copy begins with its address.
        int copied = stackBytes == 0 ? 0 : Long.BYTES + stackBytes;
        return bytes >= WORDS + (kernelDepth + userWords) * Long.BYTES + areas * MappedArea.BYTES + copied;
    }

    /** The process (the kernel's tgid). */
    public int pid() {
        return memory.get(JAVA_INT, start + PID);
    }

    /** The thread (the kernel's pid). */
    public int tid() {
        return memory.get(JAVA_INT, start + TID);
    }

    /** The CPU that took the sample. */
    public int cpu() {
        return memory.get(JAVA_INT, start + CPU);
    }

    /** When the tick was handled: nanoseconds of CLOCK_MONOTONIC. */
    public long timeNanos() {
        return memory.get(JAVA_LONG, start + TIME);
    }

    /** When the process started: nanoseconds of CLOCK_BOOTTIME. With the pid it names one process for good. */
    public long processStartNanos() {
        return memory.get(JAVA_LONG, start + PROCESS_START);
    }

    /** The thread's name; allocates. */
    public String comm() {
        return text(COMM);
    }

    /** The first 8 bytes of the thread's name; with {@link #commHigh} the whole name as a key. */
    public long commLow() {
        return memory.get(JAVA_LONG, start + COMM);
    }

    /** The last 8 bytes of the thread's name. */
    public long commHigh() {
        return memory.get(JAVA_LONG, start + COMM + Long.BYTES);
    }

    /** The process's name, that is its first thread's; allocates. */
    public String processComm() {
        return text(PROCESS_COMM);
    }

    /** The first 8 bytes of the process's name; with {@link #processCommHigh} the whole name as a key. */
    public long processCommLow() {
        return memory.get(JAVA_LONG, start + PROCESS_COMM);
    }

    /** The last 8 bytes of the process's name. */
    public long processCommHigh() {
        return memory.get(JAVA_LONG, start + PROCESS_COMM + Long.BYTES);
    }

    /** Whether the thread is the kernel's own. */
    public boolean kernelThread() {
        return (flags() & FLAG_KERNEL_THREAD) != 0;
    }

    /** Whether the tick hit the kernel; otherwise it hit user code. */
    public boolean inKernel() {
        return (flags() & FLAG_IN_KERNEL) != 0;
    }

    /** Whether the process is a JVM whose Java threads stood still for it (SafepointSynchronize::_synchronized). */
    public boolean atSafepoint() {
        return (flags() & FLAG_SAFEPOINT) != 0;
    }

    /**
     * Copies the beginning of the name of the virtual thread that the thread ran.
     *
     * @param into at least {@link #NAME_BYTES}
     * @return how many bytes were copied: 0 where it ran none, or one without name
     */
    public int virtualName(byte[] into) {
        int length = Math.min(Byte.toUnsignedInt(memory.get(JAVA_BYTE, start + VIRTUAL_NAME_BYTES)), NAME_BYTES);
        MemorySegment.copy(memory, JAVA_BYTE, start + VIRTUAL_NAME, into, 0, length);
        return length;
    }

    /** Whether {@link #virtualName} is UTF-16LE; else it is ISO 8859-1. */
    public boolean virtualNameIsUtf16() {
        return (flags() & FLAG_NAME_UTF16) != 0;
    }

    /** How many kernel frames there are. */
    public int kernelDepth() {
        return kernelDepth;
    }

    /** The address of kernel frame {@code index}, leaf first: where it runs, then return addresses. */
    public long kernelAddress(int index) {
        return word(index, kernelDepth, 0);
    }

    /** How many user frames there are. */
    public int userDepth() {
        return userDepth;
    }

    /** How many words the user frames have together: more than they are, where Java's are among them. */
    public int userWords() {
        return userWords;
    }

    /** A word of the user frames, leaf first; {@link FrameWord} tells what it is. */
    public long userWord(int index) {
        return word(index, userWords, kernelDepth);
    }

    /** How many mappings the sample brings: of a process that is young and may end unread, and with a copy of the stack. */
    public int areas() {
        return areas;
    }

    /** A mapping that frames lie in; allocates. */
    public MappedArea area(int index) {
        return MappedArea.read(memory, areaAt(index));
    }

    private long areaAt(int index) {
        if (index < 0 || index >= areas) {
            throw new IndexOutOfBoundsException("area: " + index + " (expected: 0 to " + (areas - 1) + ")");
        }
        return behindFrames() + (long) index * MappedArea.BYTES;
    }

    private long behindFrames() {
        return start + WORDS + (long) (kernelDepth + userWords) * Long.BYTES;
    }

    /** How many bytes of the user stack the sample brings, because a table was missing to unwind it; mostly 0. */
    public int stackBytes() {
        return stackBytes;
    }

    /** The address of the first byte of the stack that the sample brings. */
    public long stackStart() {
        return memory.get(JAVA_LONG, requireStack());
    }

    /** The user stack, {@link #stackBytes} from {@link #stackStart} on; allocates the slice. */
    public MemorySegment stack() {
        return memory.asSlice(requireStack() + Long.BYTES, stackBytes);
    }

    private long requireStack() {
        if (stackBytes == 0) {
            throw new IllegalStateException("stack: none (expected: a sample with stackBytes)");
        }
        return behindFrames() + (long) areas * MappedArea.BYTES;
    }

    /** How the stack ended. */
    public StackOutcome outcome() {
        return StackOutcome.of(Byte.toUnsignedInt(memory.get(JAVA_BYTE, start + OUTCOME)));
    }

    /**
     * The user registers, 21 words in the order of {@code struct sonde_registers} and fs_base; empty when the thread has
     * no user side or they could not be read. Allocates the slice.
     */
    public MemorySegment registers() {
        boolean there = (flags() & FLAG_REGISTERS) != 0;
        return memory.asSlice(start + REGISTERS, there ? REGISTERS_BYTES : 0);
    }

    private int flags() {
        return memory.get(JAVA_BYTE, start + FLAGS);
    }

    private long word(int index, int count, int before) {
        if (index < 0 || index >= count) {
            throw new IndexOutOfBoundsException("word: " + index + " (expected: 0 to " + (count - 1) + ")");
        }
        return memory.get(JAVA_LONG, start + WORDS + (long) (before + index) * Long.BYTES);
    }

    private String text(int offset) {
        int length = 0;
        while (length < COMM_BYTES && memory.get(JAVA_BYTE, start + offset + length) != 0) {
            length++;
        }
        byte[] bytes = new byte[length];
        MemorySegment.copy(memory, JAVA_BYTE, start + offset, bytes, 0, length);
        return new String(bytes, StandardCharsets.UTF_8);
    }
}
