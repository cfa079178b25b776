package dev.sonde.agent.jvm.names;

import static org.assertj.core.api.Assertions.assertThat;

import dev.sonde.model.FrameKind;
import java.util.List;
import org.junit.jupiter.api.Test;

class FrameCacheTest {

    private final JavaLine line = new JavaLine(new JavaMethod("a/B.c()V", "B.java", ""), 7);

    @Test
    void whatWasPutComesBack() {
        FrameCache cache = new FrameCache(8 << 20);
        JavaFrame.Named[] frames = new JavaFrame.Named[5_000];
        for (int i = 0; i < frames.length; i++) {
            frames[i] = frame(i);
            cache.put(i, -i, frames[i]);
        }
        for (int i = 0; i < frames.length; i++) {
            assertThat(cache.get(i, -i)).isSameAs(frames[i]);
            assertThat(cache.get(i, -i - 1)).isNull();
        }
    }

    @Test
    void theBudgetHoldsAndWhatIsAskedForStays() {
        long budget = 256 << 10;
        FrameCache cache = new FrameCache(budget);
        JavaFrame.Named kept = frame(0);
        cache.put(1, 1, kept);
        for (int i = 2; i < 100_000; i++) {
            cache.put(i, i, frame(i));
            assertThat(cache.memoryBytes()).isLessThanOrEqualTo(budget);
            assertThat(cache.get(1, 1)).isSameAs(kept);
        }
        assertThat(cache.get(2, 2)).isNull();
    }

    private JavaFrame.Named frame(int i) {
        return new JavaFrame.Named(FrameKind.JVM_C2, i % 2 == 0, List.of(line, line));
    }
}
