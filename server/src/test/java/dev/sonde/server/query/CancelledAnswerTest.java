package dev.sonde.server.query;

import static dev.sonde.server.store.Asking.asking;
import static dev.sonde.server.store.Asking.assertCancelled;
import static org.assertj.core.api.Assertions.assertThat;

import dev.sonde.server.store.Asking;
import dev.sonde.server.store.Cancellation;
import dev.sonde.server.store.StackTree;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** An answer that nobody waits for is not made to its end. */
@Timeout(value = 60, unit = TimeUnit.SECONDS, threadMode = Timeout.ThreadMode.SEPARATE_THREAD)
class CancelledAnswerTest {

    private static final int PER_CHECK = Cancellation.Steps.PER_CHECK;
    private static final StackTree ROOTS = StackTrees.roots(3 * PER_CHECK);

    private final Cancellation cancellation = new Cancellation();
    private final AtomicInteger done = new AtomicInteger();

    /** The client leaves when the first frame is named. */
    private final FrameNamer leaving = location -> {
        done.incrementAndGet();
        cancellation.cancel();
        return List.of();
    };

    private void assertEndsSoon(Asking.Question question) {
        assertCancelled(asking(cancellation, question));
        assertThat(done.get()).isBetween(1, PER_CHECK);
    }

    @Test
    void aFlameGraph() {
        assertEndsSoon(() -> FlameCut.cut(ROOTS, leaving, 0));
    }

    @Test
    void aTreeOfFrames() {
        assertEndsSoon(() -> FrameTree.of(ROOTS, leaving));
    }

    @Test
    void collapsedStacks() throws Exception {
        FrameTree tree = FrameTree.of(ROOTS, FrameNamer.ofLines());
        assertEndsSoon(() -> Collapsed.write(tree, new LeavingReader()));
    }

    /** Takes one line, and leaves. */
    private final class LeavingReader implements Appendable {
        @Override
        public Appendable append(CharSequence text) {
            return this;
        }

        @Override
        public Appendable append(CharSequence text, int from, int to) {
            return this;
        }

        @Override
        public Appendable append(char letter) {
            if (letter == '\n') {
                done.incrementAndGet();
                cancellation.cancel();
            }
            return this;
        }
    }

    @Test
    void whatHasNoNamesToLookFor() throws Exception {
        FrameTree tree = FrameTree.of(ROOTS, FrameNamer.ofLines());
        cancellation.cancel();
        assertCancelled(asking(cancellation, () -> new StackIndex(ROOTS)));
        assertCancelled(asking(cancellation, () -> new TopQuery.Sums(tree)));
    }

    @Test
    void stepsLookNowAndThen() {
        assertCancelled(asking(cancellation, () -> {
            Cancellation.Steps steps = Cancellation.steps();
            steps.next();
            cancellation.cancel();
            for (int step = 1; step <= PER_CHECK; step++) {
                done.incrementAndGet();
                steps.next();
            }
        }));
        assertThat(done.get()).isEqualTo(PER_CHECK);
    }
}
