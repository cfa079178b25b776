package dev.sonde.bench.jvmsteps;

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
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.SortedMap;
import java.util.TreeMap;

/**
 * Keeps the stack of a stopped thread of a JVM, with the words of its memory that the unwinder reads for it and no others:
 * it is asked with nothing, says what it misses, and is asked again.
 */
final class JvmStackRecorder {

    /** A stack of some dozen frames takes a thousand words. */
    private static final int MAX_WORDS = 20_000;

    private final HostUnwinder unwinder = new HostUnwinder();

    /** The stack of the thread that is stopped; empty where it does not reach its root. */
    Optional<StackSnapshot> record(Stepper stepper, SteppedJvm jvm) throws IOException {
        MemorySegment registers = Arena.ofAuto().allocate(HostUnwinder.REGISTERS_BYTES, Long.BYTES);
        registers.copyFrom(stepper.registers());
        HostStack whole = unwinder.unwindStopped(registers, jvm.host(), jvm.pid());
        if (whole.outcome() != StackOutcome.COMPLETE) {
            return Optional.empty();
        }
        SortedMap<Long, Long> words = new TreeMap<>();
        while (words.size() < MAX_WORDS) {
            HostStack told = unwinder.unwind(registers, runs(words), jvm.host(), 0);
            if (Arrays.equals(told.words(), whole.words()) && told.outcome() == whole.outcome()) {
                return checked(jvm.snapshot(registers, whole, runs(words)), whole);
            }
            long missing = told.unreadable() & -Long.BYTES;
            Optional<Long> word = jvm.word(missing);
            if (word.isEmpty() || words.putIfAbsent(missing, word.get()) != null) {
                return Optional.empty();
            }
        }
        return Optional.empty();
    }

    /** A snapshot has less of the tables: it is good when it tells the same. */
    private Optional<StackSnapshot> checked(StackSnapshot snapshot, HostStack whole) throws IOException {
        HostStack told = snapshot.unwind(unwinder);
        return Arrays.equals(told.words(), whole.words()) && told.outcome() == whole.outcome()
                ? Optional.of(snapshot)
                : Optional.empty();
    }

    /** Neighbouring words as one piece of memory. */
    private static List<HostMemory> runs(SortedMap<Long, Long> words) {
        Arena arena = Arena.ofAuto();
        MemorySegment all = arena.allocate(Math.max(1, (long) words.size() * Long.BYTES), Long.BYTES);
        List<HostMemory> runs = new ArrayList<>();
        long start = 0;
        long next = -1;
        long from = 0;
        long to = 0;
        for (Map.Entry<Long, Long> word : words.entrySet()) {
            if (word.getKey() != next) {
                add(start, all.asSlice(from, to - from), runs);
                start = word.getKey();
                from = to;
            }
            all.set(JAVA_LONG, to, word.getValue());
            to += Long.BYTES;
            next = word.getKey() + Long.BYTES;
        }
        add(start, all.asSlice(from, to - from), runs);
        return runs;
    }

    private static void add(long start, MemorySegment content, List<HostMemory> runs) {
        if (content.byteSize() > 0) {
            runs.add(new HostMemory(start, content));
        }
    }

    /** Whether a word of a value is among what a snapshot has in memory. */
    static boolean holds(StackSnapshot snapshot, long value) {
        for (HostMemory piece : snapshot.memory()) {
            for (long at = 0; at < piece.content().byteSize(); at += Long.BYTES) {
                if (piece.content().get(JAVA_LONG, at) == value) {
                    return true;
                }
            }
        }
        return false;
    }
}
