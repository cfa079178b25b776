package dev.sonde.bench.steps;

import static java.lang.foreign.ValueLayout.JAVA_BYTE;
import static java.lang.foreign.ValueLayout.JAVA_LONG;

import dev.sonde.agent.kernel.StackOutcome;
import dev.sonde.agent.unwind.host.HostMemory;
import dev.sonde.agent.unwind.host.HostStack;
import dev.sonde.agent.unwind.host.HostUnwinder;
import dev.sonde.bench.snapshot.StackSnapshot;
import java.io.IOException;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** Keeps the first stack of a stepped program that is as wanted, with the callers that the shadow stack has. */
final class StackRecorder implements StepVisitor {

    /** Indices in struct user_regs_struct. */
    private static final int IP = 16;

    private static final int SP = 19;

    /** What the tracer copies below the stack pointer. */
    private static final int RED_ZONE_BYTES = 128;

    /**
     * A stack to look for.
     *
     * @param leafFile part of the name of the innermost frame's file
     * @param callerFile the same of some caller's
     * @param depth callers at least
     * @param stacks pieces of stack, two where a handler has its own
     */
    record Wanted(String leafFile, String callerFile, int depth, int stacks) {}

    private final Wanted wanted;
    private final HostUnwinder unwinder = new HostUnwinder();
    private final Map<String, SteppedFile> files = new HashMap<>();
    private SteppedCode code;
    private long stackTop;
    private StackSnapshot found;

    StackRecorder(Wanted wanted) {
        this.wanted = wanted;
    }

    Optional<StackSnapshot> found() {
        return Optional.ofNullable(found);
    }

    @Override
    public void maps(String text, long startStack) throws IOException {
        code = new SteppedCode(text, startStack, files);
        stackTop = startStack;
    }

    @Override
    public void landing(long address, long[] callers) {
        // A stack on its way to another is none to keep.
    }

    @Override
    public void step(MemorySegment registers, List<HostMemory> stacks, long[] callers) throws IOException {
        List<HostMemory> pieces =
                stacks.stream().filter(piece -> piece.content().byteSize() > 0).toList();
        if (found != null || callers.length < wanted.depth() || pieces.size() != wanted.stacks()) {
            return;
        }
        long[] addresses = new long[callers.length + 1];
        addresses[0] = registers.getAtIndex(JAVA_LONG, IP);
        System.arraycopy(callers, 0, addresses, 1, callers.length);
        if (isWanted(addresses) && isTold(registers, pieces, addresses)) {
            found = snapshot(copy(registers), pieces, addresses);
        }
    }

    private boolean isWanted(long[] addresses) {
        boolean caller = false;
        for (int i = 0; i < addresses.length; i++) {
            int at = code.fileAt(i == 0 ? addresses[i] : addresses[i] - 1);
            if (at < 0 || code.file(at).table().isEmpty()) {
                return false;
            }
            if (i == 0 && !code.file(at).name().contains(wanted.leafFile())) {
                return false;
            }
            caller |= i > 0 && code.file(at).name().contains(wanted.callerFile());
        }
        return caller;
    }

    private boolean isTold(MemorySegment registers, List<HostMemory> memory, long[] addresses) {
        HostStack stack = unwinder.unwind(registers, memory, code.code());
        return stack.outcome() == StackOutcome.COMPLETE
                && stack.guessed() == 0
                && Arrays.equals(stack.addresses(), addresses);
    }

    private StackSnapshot snapshot(MemorySegment registers, List<HostMemory> stacks, long[] addresses)
            throws IOException {
        // Of the stacks too, for whoever follows frame pointers.
        List<Long> others =
                stacks.stream().map(stack -> stack.start() + RED_ZONE_BYTES).toList();
        SteppedCode.Piece piece = code.piece(addresses, others);
        List<HostMemory> memory = needed(registers, stacks, addresses);
        return new StackSnapshot(registers, stackTop, piece.mappings(), piece.tables(), memory, addresses, new byte[0]);
    }

    /** The words of the stacks and of the registers without which the walk were another; the others are zero. */
    private List<HostMemory> needed(MemorySegment registers, List<HostMemory> stacks, long[] addresses) {
        List<HostMemory> memory = new ArrayList<>();
        stacks.forEach(stack -> memory.add(new HostMemory(stack.start(), copy(stack.content()))));
        for (HostMemory stack : memory) {
            clear(stack.content(), registers, memory, addresses);
        }
        for (int i = 0; i < HostUnwinder.REGISTERS_BYTES / Long.BYTES; i++) {
            if (i != IP && i != SP) {
                clear(registers.asSlice((long) i * Long.BYTES, Long.BYTES), registers, memory, addresses);
            }
        }
        for (int i = 0; i < memory.size(); i++) {
            memory.set(i, trimmed(i, registers, memory, addresses));
        }
        memory.removeIf(stack -> stack.content().byteSize() == 0);
        return memory;
    }

    /** Sets to zero what can be, by halves. */
    private void clear(MemorySegment part, MemorySegment registers, List<HostMemory> memory, long[] addresses) {
        byte[] before = part.toArray(JAVA_BYTE);
        part.fill((byte) 0);
        if (isTold(registers, memory, addresses)) {
            return;
        }
        MemorySegment.copy(before, 0, part, JAVA_BYTE, 0, before.length);
        if (before.length > Long.BYTES) {
            long half = (part.byteSize() / 2 + Long.BYTES - 1) & -Long.BYTES;
            clear(part.asSlice(0, half), registers, memory, addresses);
            clear(part.asSlice(half), registers, memory, addresses);
        }
    }

    /** The part of one piece of stack from its first word that is read to its last. */
    private HostMemory trimmed(int piece, MemorySegment registers, List<HostMemory> memory, long[] addresses) {
        HostMemory whole = memory.get(piece);
        long words = whole.content().byteSize() / Long.BYTES;
        long end = words;
        for (long step = Long.highestOneBit(words); step > 0; step /= 2) {
            if (end >= step && isTold(registers, with(memory, piece, part(whole, 0, end - step)), addresses)) {
                end -= step;
            }
        }
        long start = 0;
        for (long step = Long.highestOneBit(words); step > 0; step /= 2) {
            if (start + step <= end
                    && isTold(registers, with(memory, piece, part(whole, start + step, end)), addresses)) {
                start += step;
            }
        }
        return part(whole, start, end);
    }

    private static HostMemory part(HostMemory whole, long fromWord, long toWord) {
        return new HostMemory(
                whole.start() + fromWord * Long.BYTES,
                whole.content().asSlice(fromWord * Long.BYTES, (toWord - fromWord) * Long.BYTES));
    }

    private static List<HostMemory> with(List<HostMemory> memory, int piece, HostMemory other) {
        List<HostMemory> changed = new ArrayList<>(memory);
        changed.set(piece, other);
        return changed;
    }

    private static MemorySegment copy(MemorySegment memory) {
        return Arena.ofAuto().allocate(memory.byteSize(), Long.BYTES).copyFrom(memory);
    }
}
