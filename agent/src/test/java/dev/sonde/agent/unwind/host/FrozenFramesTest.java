package dev.sonde.agent.unwind.host;

import static dev.sonde.agent.unwind.host.ZgcHeap.CONTINUATION;
import static dev.sonde.agent.unwind.host.ZgcHeap.GOOD;
import static dev.sonde.agent.unwind.host.ZgcHeap.GOOD_FOR_NONE;
import static dev.sonde.agent.unwind.host.ZgcHeap.GOOD_FOR_OLD;
import static dev.sonde.agent.unwind.host.ZgcHeap.GOOD_FOR_YOUNG;
import static dev.sonde.agent.unwind.host.ZgcHeap.GOOD_VIEW;
import static dev.sonde.agent.unwind.host.ZgcHeap.NEW_PLACE;
import static dev.sonde.agent.unwind.host.ZgcHeap.OLD_PLACE;
import static dev.sonde.agent.unwind.host.ZgcHeap.VIRTUAL;
import static dev.sonde.agent.unwind.host.ZgcHeap.WEAK_BAD_VIEW;
import static dev.sonde.agent.unwind.host.ZgcHeap.reference;
import static java.lang.foreign.ValueLayout.JAVA_LONG;
import static org.assertj.core.api.Assertions.assertThat;

import dev.sonde.agent.kernel.StackOutcome;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** A virtual thread's frozen frame on ZGC's heap, wherever the collector has put it. */
class FrozenFramesTest {

    private static final long STACK = 0x7ffd_0000_0000L;
    private static final int FRAME_WORDS = 4;
    private static final int ENTRIES = 4;
    private static final long LEAF = SmallJvm.METHOD_CODE + 64;

    /** Where the method called: of the frozen frame, and of the carrier's, which lies behind the entry. */
    private static final long RETURN = SmallJvm.METHOD_CODE + 32;

    private static final long BARRIER = SmallJvm.STUB + 48;
    private static final long ROOT = SmallJvm.STUB + 5;

    /** Indices in struct user_regs_struct. */
    private static final int IP = 16;

    private static final int SP = 19;
    private static final int FS_BASE = 21;

    @ParameterizedTest
    @ValueSource(ints = {GOOD, GOOD_FOR_OLD, GOOD_FOR_YOUNG, GOOD_FOR_NONE})
    void whereNothingIsMovedAnyColourIsFollowed(int colour) throws Exception {
        assertWhole(heap().tail(reference(OLD_PLACE, colour)));
        assertWhole(heap().tail(reference(OLD_PLACE, colour)).untouched());
    }

    @ParameterizedTest
    @ValueSource(ints = {0, 1, 3})
    void aMovedChunkIsFoundBehindSoManyOtherEntries(int probes) throws Exception {
        assertWhole(heap().tail(reference(OLD_PLACE, GOOD_FOR_OLD))
                .forwarding(true, OLD_PLACE, ENTRIES)
                .otherEntries(ENTRIES)
                .entry(OLD_PLACE, NEW_PLACE, ENTRIES, probes)
                .moved());
        assertWhole(heap().tail(reference(OLD_PLACE, GOOD_FOR_YOUNG))
                .forwarding(false, OLD_PLACE, ENTRIES)
                .otherEntries(ENTRIES)
                .entry(OLD_PLACE, NEW_PLACE, ENTRIES, probes)
                .moved());
    }

    /** The other generation's collector has moved another object that was there. */
    @Test
    void onlyTheForwardingOfTheRightGenerationCounts() throws Exception {
        assertWhole(heap().tail(reference(OLD_PLACE, GOOD_FOR_OLD))
                .forwarding(false, OLD_PLACE, ENTRIES)
                .entry(OLD_PLACE, NEW_PLACE, ENTRIES, 0));
        assertWhole(heap().tail(reference(OLD_PLACE, GOOD_FOR_YOUNG))
                .forwarding(true, OLD_PLACE, ENTRIES)
                .entry(OLD_PLACE, NEW_PLACE, ENTRIES, 0));
        assertWhole(heap().tail(reference(OLD_PLACE, GOOD))
                .forwarding(true, OLD_PLACE, ENTRIES)
                .entry(OLD_PLACE, NEW_PLACE, ENTRIES, 0));
    }

    /** Of before both collections: by the generation that moves objects there; old to old by the old one's alone. */
    @Test
    void aReferenceThatIsGoodForNeitherGeneration() throws Exception {
        for (boolean young : new boolean[] {true, false}) {
            assertWhole(heap().tail(reference(OLD_PLACE, GOOD_FOR_NONE))
                    .forwarding(young, OLD_PLACE, ENTRIES)
                    .entry(OLD_PLACE, NEW_PLACE, ENTRIES, 0)
                    .moved());
        }
        long remembered = reference(OLD_PLACE, GOOD_FOR_NONE) | 0x30;
        assertWhole(heap().tail(remembered)
                .forwarding(false, OLD_PLACE, ENTRIES)
                .entry(OLD_PLACE, NEW_PLACE, ENTRIES, 0)
                .moved());
        assertWhole(
                heap().tail(remembered).forwarding(true, OLD_PLACE, ENTRIES).entry(OLD_PLACE, NEW_PLACE, ENTRIES, 0));
    }

    @Test
    void whatIsStillToBeMovedIsNotRead() throws Exception {
        assertCut(heap().tail(reference(OLD_PLACE, GOOD_FOR_OLD)).forwarding(true, OLD_PLACE, ENTRIES));
    }

    /** Tables of a JVM that lies, or that is read at the wrong moment: all other objects', empty, endless. */
    @ParameterizedTest
    @ValueSource(ints = {ENTRIES, 0, 64, -1, 1 << 30})
    void aForwardingWithoutTheObjectEnds(int entries) throws Exception {
        assertCut(heap().tail(reference(OLD_PLACE, GOOD_FOR_OLD))
                .forwarding(true, OLD_PLACE, entries)
                .otherEntries(ENTRIES));
    }

    @Test
    void wordsThatAreNoReferencesAreNotFollowed() throws Exception {
        assertCut(heap().tail(reference(OLD_PLACE, GOOD_FOR_OLD) | (1L << GOOD_FOR_YOUNG)));
        assertCut(heap().tail(1L << 42));
        assertCut(heap().tail(-1));
    }

    /** The stack's reference may be to what stood there before. */
    @Test
    void aContinuationOfAnotherThreadIsNotBelieved() throws Exception {
        long good = reference(OLD_PLACE, GOOD);
        assertCut(heap().tail(good).thread(reference(VIRTUAL, GOOD), reference(CONTINUATION + 64, GOOD)));
        assertCut(heap().tail(good).thread(reference(VIRTUAL, GOOD), 0));
        assertCut(heap().tail(good).thread(0, reference(CONTINUATION, GOOD)));
        assertCut(heap().tail(good)
                .thread(reference(VIRTUAL, GOOD), reference(CONTINUATION, GOOD_FOR_OLD))
                .forwarding(true, CONTINUATION, ENTRIES)
                .entry(CONTINUATION, NEW_PLACE, ENTRIES, 0));
    }

    @Test
    void withoutGenerations() throws Exception {
        assertWhole(oneGeneration().tail(reference(OLD_PLACE, GOOD_VIEW)));
        assertWhole(oneGeneration().tail(reference(OLD_PLACE, WEAK_BAD_VIEW)));
        ZgcHeap moved = oneGeneration()
                .tail(reference(OLD_PLACE, WEAK_BAD_VIEW))
                .forwarding(true, OLD_PLACE, ENTRIES)
                .entry(OLD_PLACE, NEW_PLACE, ENTRIES, 0)
                .moved();
        assertWhole(moved);
        // Bad, but of after the last move.
        assertWhole(moved.tail(reference(NEW_PLACE, 1L << 44)));
        assertCut(oneGeneration().tail(reference(OLD_PLACE, WEAK_BAD_VIEW)).forwarding(true, OLD_PLACE, ENTRIES));
    }

    private static ZgcHeap heap() {
        return new ZgcHeap(true)
                .chunk(RETURN, FRAME_WORDS)
                .thread(reference(VIRTUAL, GOOD), reference(CONTINUATION, GOOD));
    }

    private static ZgcHeap oneGeneration() {
        return new ZgcHeap(false)
                .chunk(RETURN, FRAME_WORDS)
                .thread(reference(VIRTUAL, GOOD_VIEW), reference(CONTINUATION, GOOD_VIEW));
    }

    private static void assertWhole(ZgcHeap heap) throws Exception {
        HostStack found = unwind(heap);
        assertThat(found.outcome()).isEqualTo(StackOutcome.COMPLETE);
        assertThat(found.addresses()).containsExactly(LEAF, RETURN, RETURN, ROOT);
    }

    private static void assertCut(ZgcHeap heap) throws Exception {
        HostStack found = unwind(heap);
        assertThat(found.outcome()).isEqualTo(StackOutcome.ZGC_CHUNK);
        assertThat(found.addresses()[0]).isEqualTo(LEAF);
    }

    /** The method, thawed, returns to the barrier; behind it is the entry, with its Continuation. */
    private static HostStack unwind(ZgcHeap heap) throws Exception {
        MemorySegment stack = Arena.ofAuto().allocate(256, 8);
        stack.setAtIndex(JAVA_LONG, FRAME_WORDS - 1, BARRIER);
        stack.setAtIndex(JAVA_LONG, FRAME_WORDS + 2, CONTINUATION);
        stack.setAtIndex(JAVA_LONG, 2 * FRAME_WORDS - 1, ROOT);
        MemorySegment registers = Arena.ofAuto().allocate(HostUnwinder.REGISTERS_AND_FS_BASE_BYTES, 8);
        registers.setAtIndex(JAVA_LONG, IP, LEAF);
        registers.setAtIndex(JAVA_LONG, SP, STACK);
        registers.setAtIndex(JAVA_LONG, FS_BASE, ZgcHeap.fsBase());
        byte[] call = HexFormat.of().parseHex("e800000000");
        SmallJvm jvm = new SmallJvm(FRAME_WORDS).code(ROOT - 5, call).code(RETURN - 5, call);
        SmallTable stubs =
                new SmallTable().rule(SmallTable.CFA_REGISTER, SmallTable.RSP, 8, 0, 0, 0, SmallTable.UNDEFINED, 0);
        HostCode code = new HostCode(
                List.of(
                        new HostMapping(SmallJvm.HEAP, SmallJvm.HEAP + 4096, 0, true, HostMapping.NO_TABLE),
                        new HostMapping(STACK, STACK + 4096, 0, false, HostMapping.NO_TABLE)),
                List.of(),
                0,
                jvm.image(stubs.image(), RETURN, BARRIER, heap::describe));
        List<HostMemory> memory = new ArrayList<>(jvm.memory());
        memory.addAll(heap.memory());
        memory.add(new HostMemory(STACK, stack));
        return new HostUnwinder().unwind(registers, memory, code);
    }
}
