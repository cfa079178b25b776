package dev.sonde.agent.unwind.copied;

import static org.assertj.core.api.Assertions.assertThat;

import dev.sonde.agent.kernel.code.FileId;
import dev.sonde.agent.kernel.code.MappedArea;
import dev.sonde.agent.kernel.code.ProcessCode;
import java.io.IOException;
import java.lang.foreign.Arena;
import java.util.List;
import org.junit.jupiter.api.Test;

class ProcessViewTest {

    private static final MappedArea PROGRAM = area(0x1000, 0x3000, 1);
    private static final MappedArea LINKER = area(0x8000, 0x9000, 2);
    private static final MappedArea LIBRARY = area(0x5000, 0x7000, 3);

    private static MappedArea area(long start, long end, long inode) {
        return new MappedArea(start, end, 0, new FileId(inode, 1, 2, 3, 4));
    }

    private static CopiedStack stack(long processStart, MappedArea... areas) {
        return new CopiedStack(100, 7, processStart, new byte[168], 0x7000_0000, new byte[8], List.of(areas), true);
    }

    private static ProcessView view(MappedArea... areas) {
        return new ProcessView(new ProcessCode(5, 0, List.of(areas)), 50);
    }

    @Test
    void theProcessThatMappedWhatTheStackMet() {
        assertThat(view(PROGRAM, LINKER).fits(stack(5, PROGRAM))).isTrue();
        assertThat(view(PROGRAM, LINKER).fits(stack(6, PROGRAM)))
                .as("another start")
                .isFalse();
        assertThat(view(PROGRAM, LINKER).fits(stack(5, LIBRARY)))
                .as("nothing in common")
                .isFalse();
        assertThat(view(PROGRAM, LINKER).fits(stack(5, LINKER, area(0x2000, 0x4000, 9))))
                .as("another file in a place of the program's")
                .isFalse();
    }

    @Test
    void aLibraryThatWasMappedSinceIsLearnt() throws IOException {
        ProcessView view = view(PROGRAM, LINKER);
        CopiedStack stack = stack(5, LIBRARY, PROGRAM, LIBRARY);
        assertThat(view.fits(stack)).isTrue();
        assertThat(view.areaOf(0x5000)).isNull();
        view.learn(stack);
        assertThat(view.code().areas()).containsExactly(PROGRAM, LIBRARY, LINKER);
        assertThat(view.areaOf(0x5000)).isEqualTo(LIBRARY);
        assertThat(view.areaOf(0x6fff)).isEqualTo(LIBRARY);
        assertThat(view.areaOf(0x7000)).isNull();
        assertThat(view.hostCode(null)).isNotNull();
    }

    @Test
    void anOlderListingServesForAWhileWhereWhatWasMetFits() {
        ProcessView recent = new ProcessView(new ProcessCode(5, 0, List.of(PROGRAM, LINKER)), 100 - 999_999_999);
        assertThat(recent.serves(stack(5, PROGRAM))).isTrue();
        assertThat(recent.serves(stack(5, LIBRARY))).as("nothing in common").isFalse();
        assertThat(recent.serves(stack(5))).as("nothing was met").isFalse();
        ProcessView old = new ProcessView(new ProcessCode(5, 0, List.of(PROGRAM, LINKER)), 100 - 1_000_000_000);
        assertThat(old.serves(stack(5, PROGRAM))).isFalse();
        ProcessView later = new ProcessView(new ProcessCode(5, 0, List.of(PROGRAM, LINKER)), 101);
        assertThat(later.serves(stack(5))).isTrue();
    }

    @Test
    void aStackIsOfTheFilesThatItsAddressesLieIn() {
        MappedArea anonymous = new MappedArea(0xa000, 0xb000, 0, FileId.NONE);
        ProcessView view = view(PROGRAM, LIBRARY, LINKER, anonymous);
        assertThat(view.filesOf(new long[] {0x5000, 0x3000, 0xa010, 0x5800, 0xf000}))
                .as("a call may be the last instruction of its area")
                .containsExactly(LIBRARY, PROGRAM);
        assertThat(view.filesOf(new long[] {0x3000}))
                .as("a leaf is where it is")
                .isEmpty();
    }

    @Test
    void theOrderOfListingAndSample() {
        assertThat(view(PROGRAM).isOlderThan(stack(5, PROGRAM))).isTrue();
        assertThat(new ProcessView(new ProcessCode(5, 0, List.of()), 100).isOlderThan(stack(5)))
                .isFalse();
    }

    @Test
    void aCopyOfFullLengthWasCut() {
        assertThat(stack(5).cut()).isFalse();
        CopiedStack full =
                new CopiedStack(100, 7, 5, new byte[168], 0x7000_0ff8, new byte[7 * 4096 + 8], List.of(PROGRAM), true);
        assertThat(full.cut()).isTrue();
        full.abandon();
        try (Arena arena = Arena.ofConfined()) {
            assertThat(full.stackInto(arena.allocate(32768)).byteSize())
                    .as("nobody wants it")
                    .isZero();
        }
        assertThat(full.size()).as("what is given back").isEqualTo(7 * 4096 + 8);
    }
}
