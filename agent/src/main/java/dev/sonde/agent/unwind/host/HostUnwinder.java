package dev.sonde.agent.unwind.host;

import static java.lang.foreign.ValueLayout.ADDRESS;
import static java.lang.foreign.ValueLayout.JAVA_INT;
import static java.lang.foreign.ValueLayout.JAVA_LONG;

import dev.sonde.agent.kernel.StackOutcome;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.ref.Reference;
import java.util.List;

/** Unwinds stacks as the sampling program does. One thread at a time. */
public final class HostUnwinder {

    /** struct sonde_registers: 21 registers of 8 bytes, in the order of {@code struct pt_regs}. */
    public static final int REGISTERS_BYTES = 168;

    /** The same and fs_base, which lies behind them in {@code struct user_regs_struct} too. */
    public static final int REGISTERS_AND_FS_BASE_BYTES = REGISTERS_BYTES + Long.BYTES;

    private static final int REQUEST_BYTES = 88;
    private static final int STACK_OUTCOME = 0;
    private static final int STACK_DEPTH = 4;
    private static final int STACK_GUESSED = 8;
    private static final int STACK_WORD_COUNT = 12;
    private static final int STACK_UNREADABLE = 16;
    private static final int STACK_ADDRESSES = 24;

    /** SONDE_MAX_USER_FRAMES. */
    private static final int MAX_FRAMES = 1024;

    private static final int STACK_WORDS = STACK_ADDRESSES + Long.BYTES * MAX_FRAMES;

    /** SONDE_MAX_USER_WORDS. */
    private static final int MAX_WORDS = 2 * MAX_FRAMES;

    private final UnwindLibrary library;
    private final Arena arena = Arena.ofAuto();
    private final MemorySegment request = arena.allocate(REQUEST_BYTES, Long.BYTES);
    private final MemorySegment registers = arena.allocate(REGISTERS_BYTES, Long.BYTES);
    private final MemorySegment stack = arena.allocate(STACK_WORDS + (long) Long.BYTES * MAX_WORDS, Long.BYTES);

    /** Loads the library; fails with UnsatisfiedLinkError when that is not possible. */
    public HostUnwinder() {
        this(new FfmUnwindLibrary());
    }

    HostUnwinder(UnwindLibrary library) {
        this.library = library;
    }

    /**
     * Unwinds one stack.
     *
     * @param userRegisters {@link #REGISTERS_AND_FS_BASE_BYTES} of registers, or {@link #REGISTERS_BYTES}; then nothing
     *     is found in the thread's own storage
     * @param memory the memory known; what the walk needs beside it ends it as unreadable
     */
    public HostStack unwind(MemorySegment userRegisters, List<HostMemory> memory, HostCode code) {
        return unwind(userRegisters, memory, code, 0, false);
    }

    /** Unwinds one stack of a process that is stopped: what is in no memory known is read from there. */
    public HostStack unwindStopped(MemorySegment userRegisters, HostCode code, int pid) {
        return unwind(userRegisters, List.of(), code, pid, true);
    }

    /**
     * Unwinds one stack of a process that may still run: what code without a table returns to is read from there, and
     * what a JVM keeps.
     *
     * @param pid 0 for none
     */
    public HostStack unwind(MemorySegment userRegisters, List<HostMemory> memory, HostCode code, int pid) {
        return unwind(userRegisters, memory, code, pid, false);
    }

    private HostStack unwind(
            MemorySegment userRegisters, List<HostMemory> memory, HostCode code, int pid, boolean stopped) {
        MemorySegment.copy(userRegisters, 0, registers, 0, REGISTERS_BYTES);
        try (Arena call = Arena.ofConfined()) {
            request.set(ADDRESS, 0, registers);
            request.set(ADDRESS, 8, ranges(call, memory));
            request.set(JAVA_LONG, 16, memory.size());
            request.set(ADDRESS, 24, code.mappings());
            request.set(JAVA_LONG, 32, code.mappingCount());
            request.set(ADDRESS, 40, code.tables());
            request.set(JAVA_LONG, 48, code.tableCount());
            request.set(JAVA_LONG, 56, code.stackTop());
            request.set(JAVA_INT, 64, pid);
            request.set(JAVA_INT, 68, stopped ? 1 : 0);
            request.set(ADDRESS, 72, code.jvm());
            request.set(JAVA_LONG, 80, fsBase(userRegisters));
            library.unwind(request, stack);
        } finally {
            // The request holds bare addresses.
            Reference.reachabilityFence(memory);
            Reference.reachabilityFence(code);
        }
        return new HostStack(
                longs(STACK_ADDRESSES, stack.get(JAVA_INT, STACK_DEPTH)),
                longs(STACK_WORDS, stack.get(JAVA_INT, STACK_WORD_COUNT)),
                StackOutcome.of(stack.get(JAVA_INT, STACK_OUTCOME)),
                stack.get(JAVA_INT, STACK_GUESSED),
                stack.get(JAVA_LONG, STACK_UNREADABLE));
    }

    private static long fsBase(MemorySegment registers) {
        return registers.byteSize() < REGISTERS_AND_FS_BASE_BYTES ? 0 : registers.get(JAVA_LONG, REGISTERS_BYTES);
    }

    private long[] longs(long at, int count) {
        return stack.asSlice(at, (long) Long.BYTES * count).toArray(JAVA_LONG);
    }

    private static MemorySegment ranges(Arena call, List<HostMemory> memory) {
        MemorySegment ranges = call.allocate((long) HostMemory.BYTES * memory.size(), Long.BYTES);
        for (int i = 0; i < memory.size(); i++) {
            long at = (long) i * HostMemory.BYTES;
            ranges.set(JAVA_LONG, at, memory.get(i).start());
            ranges.set(JAVA_LONG, at + 8, memory.get(i).content().byteSize());
            ranges.set(ADDRESS, at + 16, memory.get(i).content());
        }
        return ranges;
    }
}
