package dev.sonde.agent.kernel;

import static java.lang.foreign.ValueLayout.JAVA_BYTE;
import static java.lang.foreign.ValueLayout.JAVA_LONG;
import static java.lang.foreign.ValueLayout.JAVA_SHORT;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.sonde.agent.kernel.code.FrameWord;
import dev.sonde.agent.kernel.code.MappedArea;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.nio.charset.StandardCharsets;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.IntRange;
import org.junit.jupiter.api.Test;

class SampleTest {
    private static final int START = 64;

    private final MemorySegment memory = Arena.ofAuto().allocate(START + Sample.WORDS + 65536L * 2 * 8, 8);
    private final Sample sample = new Sample();

    private void depths(int kernel, int user) {
        memory.set(JAVA_SHORT, START + Sample.KERNEL_DEPTH, (short) kernel);
        memory.set(JAVA_SHORT, START + Sample.USER_DEPTH, (short) user);
        memory.set(JAVA_SHORT, START + Sample.USER_WORDS, (short) user);
    }

    @Property(tries = 500)
    void aRecordIsTakenExactlyWhenItHoldsItsFrames(
            @ForAll @IntRange(max = 65535) int kernel,
            @ForAll @IntRange(max = 65535) int user,
            @ForAll @IntRange(max = 1 << 20) int bytes) {
        depths(kernel, user);
        assertThat(sample.wrap(memory, START, bytes)).isEqualTo(bytes >= Sample.WORDS + 8L * (kernel + user));
    }

    @Test
    void kernelFramesComeBeforeUserFrames() {
        depths(1, 2);
        for (int i = 0; i < 3; i++) {
            memory.set(JAVA_LONG, START + Sample.WORDS + 8L * i, 100 + i);
        }
        assertThat(sample.wrap(memory, START, Sample.WORDS + 24)).isTrue();
        assertThat(sample.kernelAddress(0)).isEqualTo(100);
        assertThat(sample.userWord(0)).isEqualTo(101);
        assertThat(sample.userWord(1)).isEqualTo(102);
        assertThatThrownBy(() -> sample.kernelAddress(1)).hasMessage("word: 1 (expected: 0 to 0)");
        assertThatThrownBy(() -> sample.userWord(-1)).hasMessage("word: -1 (expected: 0 to 1)");
    }

    @Test
    void javaFramesHaveTwoWords() {
        depths(0, 3);
        memory.set(JAVA_SHORT, START + Sample.USER_WORDS, (short) 5);
        long[] words = {(2L << 56) | 0x7f0000001234L, (0x7f11L << 16) | 0xfffe, (1L << 56) | 0x7f22L, 0, 0x7f33L};
        MemorySegment.copy(words, 0, memory, JAVA_LONG, START + Sample.WORDS, words.length);
        assertThat(sample.wrap(memory, START, Sample.WORDS + 39)).isFalse();
        assertThat(sample.wrap(memory, START, Sample.WORDS + 40)).isTrue();
        assertThat(sample.userDepth()).isEqualTo(3);
        assertThat(FrameWord.kind(sample.userWord(0))).isEqualTo(FrameWord.COMPILED);
        assertThat(FrameWord.payload(sample.userWord(0))).isEqualTo(0x7f0000001234L);
        assertThat(FrameWord.method(sample.userWord(1))).isEqualTo(0x7f11L);
        assertThat(FrameWord.compileId(sample.userWord(1))).isEqualTo(0xfffe);
        assertThat(FrameWord.kind(sample.userWord(2))).isEqualTo(FrameWord.INTERPRETED);
        assertThat(FrameWord.payload(sample.userWord(2))).isEqualTo(0x7f22L);
        assertThat(FrameWord.count(sample.userWord(2))).isEqualTo(2);
        assertThat(FrameWord.count(sample.userWord(4))).isEqualTo(1);
        assertThat(FrameWord.payload(0xffffffffff600000L)).as("vsyscall").isEqualTo(0xffffffffff600000L);
    }

    @Test
    void theStackLiesBehindFramesAndAreas() {
        depths(1, 2);
        memory.set(JAVA_BYTE, START + Sample.AREAS, (byte) 1);
        memory.set(JAVA_SHORT, START + Sample.STACK_BYTES, (short) 16);
        long at = Sample.WORDS + 24 + MappedArea.BYTES;
        memory.set(JAVA_LONG, START + at, 0x7ffe0000L);
        memory.set(JAVA_LONG, START + at + 8, 11);
        memory.set(JAVA_LONG, START + at + 16, 12);
        assertThat(sample.wrap(memory, START, (int) at + 23)).isFalse();
        assertThat(sample.wrap(memory, START, (int) at + 24)).isTrue();
        assertThat(sample.stackBytes()).isEqualTo(16);
        assertThat(sample.stackStart()).isEqualTo(0x7ffe0000L);
        assertThat(sample.stack().toArray(JAVA_LONG)).containsExactly(11, 12);
        memory.set(JAVA_SHORT, START + Sample.STACK_BYTES, (short) 0);
        assertThat(sample.wrap(memory, START, (int) at)).isTrue();
        assertThatThrownBy(sample::stackStart).hasMessageContaining("stack: none");
    }

    @Test
    void aNameOfFullLengthHasNoEndMark() {
        MemorySegment.copy(
                "sixteen-letters!".getBytes(StandardCharsets.UTF_8), 0, memory, JAVA_BYTE, START + Sample.COMM, 16);
        assertThat(sample.wrap(memory, START, Sample.WORDS)).isTrue();
        assertThat(sample.comm()).isEqualTo("sixteen-letters!");
        assertThat(sample.processComm()).isEmpty();
        assertThat(sample.commHigh()).isNotZero();
    }

    @Test
    void anOutcomeOfANewerSamplerIsUnknown() {
        memory.set(JAVA_BYTE, START + Sample.OUTCOME, (byte) 200);
        assertThat(sample.wrap(memory, START, Sample.WORDS)).isTrue();
        assertThat(sample.outcome()).isEqualTo(StackOutcome.UNKNOWN);
    }
}
