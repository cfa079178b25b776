package dev.sonde.agent.jvm.names;

import static org.assertj.core.api.Assertions.assertThat;

import dev.sonde.agent.aggregate.CodeLocation;
import dev.sonde.model.FrameKind;
import java.util.List;
import org.junit.jupiter.api.Test;

class FrameCacheTest {

    private static final long BUDGET = 256 << 10;

    private final CodeLocation.Line line = line("a/B.c()V");

    @Test
    void whatWasPutComesBack() {
        FrameCache cache = new FrameCache(8 << 20);
        JavaFrame.Named[] frames = new JavaFrame.Named[5_000];
        for (int i = 0; i < frames.length; i++) {
            frames[i] = frame(i, -i, line);
            cache.put(frames[i]);
        }
        for (int i = 0; i < frames.length; i++) {
            assertThat(cache.get(i, -i)).isSameAs(frames[i]);
            assertThat(cache.get(i, -i - 1)).isNull();
        }
        JavaFrame.Named other = frame(7, -7, line);
        long bytes = cache.memoryBytes();
        cache.put(other);
        assertThat(cache.get(7, -7)).isSameAs(other);
        assertThat(cache.memoryBytes()).isGreaterThanOrEqualTo(bytes);
    }

    @Test
    void theBudgetHoldsAndWhatIsAskedForStays() {
        FrameCache cache = new FrameCache(BUDGET);
        JavaFrame.Named kept = frame(1, 1, line);
        cache.put(kept);
        for (int i = 2; i < 100_000; i++) {
            cache.put(frame(i, i, line));
            assertThat(cache.memoryBytes()).isLessThanOrEqualTo(BUDGET);
            assertThat(cache.get(1, 1)).isSameAs(kept);
        }
        assertThat(cache.get(2, 2)).isNull();
    }

    /** They may be held by nobody else any more. */
    @Test
    void functionsCountOnceEach() {
        FrameCache cache = new FrameCache(8 << 20);
        cache.put(frame(1, 1, line));
        long first = cache.memoryBytes();
        cache.put(frame(2, 2, line));
        long second = cache.memoryBytes();
        cache.put(frame(3, 3, line("x".repeat(1000) + ".c()V")));
        assertThat(second - first).isLessThan(first);
        assertThat(cache.memoryBytes() - second).isGreaterThan(2000);
    }

    @Test
    void aSmallerBudgetHoldsAtOnce() {
        FrameCache cache = new FrameCache(BUDGET);
        for (int i = 0; i < 100_000; i++) {
            cache.put(frame(i, i, line));
        }
        cache.limit(BUDGET);
        assertThat(cache.memoryBytes()).isGreaterThan(BUDGET / 3);
        cache.limit(BUDGET / 4);
        assertThat(cache.memoryBytes()).isLessThanOrEqualTo(BUDGET / 4);
        for (int i = 0; i < 100_000; i++) {
            cache.put(frame(i, i, line));
            assertThat(cache.memoryBytes()).isLessThanOrEqualTo(BUDGET / 4);
        }
        cache.limit(0);
        assertThat(cache.memoryBytes()).isZero();
        assertThat(cache.get(99_999, 99_999)).isNull();
    }

    private static CodeLocation.Line line(String systemName) {
        return new CodeLocation.Line(MethodNames.function(systemName, "B.java"), 7);
    }

    private static JavaFrame.Named frame(long first, long second, CodeLocation.Line line) {
        return new JavaFrame.Named(first, second, first, FrameKind.JVM_C2, false, List.of(line, line));
    }
}
