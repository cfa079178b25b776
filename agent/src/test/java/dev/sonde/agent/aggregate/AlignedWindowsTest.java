package dev.sonde.agent.aggregate;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.sonde.agent.aggregate.WindowSchedule.Span;
import java.time.Duration;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.LongRange;
import org.junit.jupiter.api.Test;

class AlignedWindowsTest {

    private static final long SECOND = 1_000_000_000L;
    private static final long TEN = 10 * SECOND;
    private static final long WALL = 1_800_000_000L * SECOND;

    private static AlignedWindows windows(Clocks clocks) {
        return new AlignedWindows(clocks, Duration.ofSeconds(10), Duration.ofSeconds(2));
    }

    @Test
    void theFirstIsShortAndTheOthersLieBetweenMultiples() {
        SetClocks clocks = new SetClocks(50 * SECOND, WALL + 3 * SECOND);
        AlignedWindows windows = windows(clocks);
        Span first = windows.first();
        assertThat(first).isEqualTo(new Span(50 * SECOND, 52 * SECOND, WALL + 3 * SECOND));
        clocks.advanceTo(first.endMonotonicNanos() + SECOND / 10);
        Span second = windows.after(first);
        assertThat(second).isEqualTo(new Span(52 * SECOND, 57 * SECOND, WALL + 5 * SECOND));
        clocks.advanceTo(second.endMonotonicNanos() + SECOND / 10);
        Span third = windows.after(second);
        assertThat(third).isEqualTo(new Span(57 * SECOND, 67 * SECOND, WALL + TEN));
    }

    @Test
    void theFirstBeginsWhenTheScheduleIsMade() {
        SetClocks clocks = new SetClocks(50 * SECOND, WALL);
        AlignedWindows windows = windows(clocks);
        clocks.advanceTo(51 * SECOND);
        assertThat(windows.first().startMonotonicNanos()).isEqualTo(50 * SECOND);
        assertThat(windows.first().startWallNanos()).isEqualTo(WALL);
    }

    @Test
    void aFirstWindowThatWouldEndAtTheBorderEndsThere() {
        SetClocks clocks = new SetClocks(0, WALL + 7 * SECOND + SECOND * 7 / 10);
        assertThat(windows(clocks).first().endMonotonicNanos()).isEqualTo(2 * SECOND + SECOND * 3 / 10);
    }

    @Test
    void aStepForwardMakesOneShortWindow() {
        SetClocks clocks = new SetClocks(0, WALL);
        AlignedWindows windows = windows(clocks);
        Span aligned = new Span(0, TEN, WALL);
        clocks.advanceTo(TEN);
        clocks.stepWall(3 * SECOND);
        Span after = windows.after(aligned);
        assertThat(after).isEqualTo(new Span(TEN, TEN + 7 * SECOND, WALL + 13 * SECOND));
        clocks.advanceTo(after.endMonotonicNanos());
        assertThat(windows.after(after)).isEqualTo(new Span(17 * SECOND, 27 * SECOND, WALL + 2 * TEN));
    }

    @Test
    void aStepBackMakesOneShortWindow() {
        SetClocks clocks = new SetClocks(0, WALL);
        AlignedWindows windows = windows(clocks);
        clocks.advanceTo(TEN);
        clocks.stepWall(-3600 * SECOND - 4 * SECOND);
        Span after = windows.after(new Span(0, TEN, WALL));
        assertThat(after).isEqualTo(new Span(TEN, TEN + 4 * SECOND, WALL - 3600 * SECOND + 6 * SECOND));
        clocks.advanceTo(after.endMonotonicNanos());
        assertThat(windows.after(after).startWallNanos()).isEqualTo(WALL - 3600 * SECOND + TEN);
    }

    @Property
    void slewingKeepsStartsOnMultiples(@ForAll @LongRange(min = -400_000_000, max = 400_000_000) long slewNanos) {
        SetClocks clocks = new SetClocks(0, WALL);
        AlignedWindows windows = windows(clocks);
        clocks.advanceTo(TEN);
        clocks.stepWall(slewNanos);
        Span after = windows.after(new Span(0, TEN, WALL));
        assertThat(after.startMonotonicNanos()).isEqualTo(TEN);
        assertThat(after.startWallNanos()).isEqualTo(WALL + TEN);
        assertThat(after.endMonotonicNanos()).isEqualTo(2 * TEN - slewNanos);
    }

    /** Whatever the wall clock does, the windows follow each other without gap or overlap, none longer than 10.5 s. */
    @Property
    void windowsCoverAllTimeOnce(@ForAll long[] steps, @ForAll @LongRange(min = 0, max = TEN) long start) {
        SetClocks clocks = new SetClocks(start, WALL + 3 * start);
        AlignedWindows windows = windows(clocks);
        Span span = windows.first();
        for (long step : steps) {
            clocks.advanceTo(span.endMonotonicNanos());
            clocks.stepWall(step % (86_400 * SECOND));
            Span next = windows.after(span);
            assertThat(next.startMonotonicNanos()).isEqualTo(span.endMonotonicNanos());
            assertThat(next.endMonotonicNanos() - next.startMonotonicNanos())
                    .isBetween(1L, TEN + AlignedWindows.SNAP_NANOS);
            span = next;
        }
    }

    @Test
    void refusesWindowsShorterThanTheirBorders() {
        assertThatThrownBy(() -> new AlignedWindows(new SetClocks(0, 0), Duration.ofMillis(1), Duration.ofSeconds(1)))
                .hasMessageContaining("PT0.001S")
                .hasMessageContaining("expected: at least PT1S");
    }
}
