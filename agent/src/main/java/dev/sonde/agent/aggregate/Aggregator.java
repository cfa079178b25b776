package dev.sonde.agent.aggregate;

import dev.sonde.agent.count.Counts;
import java.util.List;
import java.util.function.Consumer;

/**
 * Sorts samples into windows. Two windows are open at the turn of a window: samples of several CPUs arrive in almost,
 * but not quite, the order of their times. A closed window is handed on and then used again. One thread at a time.
 *
 * @param <P> a process as the resolver knows it
 */
public final class Aggregator<P> {

    private final WindowSchedule schedule;
    private final Counts<Drop> drops;
    private final Consumer<Window<P>> closed;

    private Window<P> current;
    private Window<P> next;
    private boolean nextOpen;

    /**
     * Opens the schedule's first window.
     *
     * @param truncations the words of the reasons why a stack ends early, by the numbers that raw samples carry
     * @param drops where samples beyond the limits are counted
     * @param closed takes each window that is over, one without samples too; it may keep nothing of it
     */
    public Aggregator(
            WindowSchedule schedule,
            SampleResolver<P> resolver,
            List<String> truncations,
            WindowLimits limits,
            Counts<Drop> drops,
            Consumer<Window<P>> closed) {
        this.schedule = schedule;
        this.drops = drops;
        this.closed = closed;
        String[] words = truncations.toArray(String[]::new);
        this.current = new Window<>(resolver, words, limits, drops);
        this.next = new Window<>(resolver, words, limits, drops);
        this.current.open(schedule.first());
    }

    /** Counts a sample that was taken at a time of CLOCK_MONOTONIC. */
    public void add(long timeNanos, RawSample sample, P process) {
        if (timeNanos < current.span().startMonotonicNanos()) {
            drops.increment(Drop.WINDOW_CLOSED);
            return;
        }
        while (timeNanos >= current.span().endMonotonicNanos()) {
            openNext();
            if (timeNanos < next.span().endMonotonicNanos()) {
                next.add(timeNanos, sample, process);
                return;
            }
            closeCurrent();
        }
        current.add(timeNanos, sample, process);
    }

    /** Closes the windows that ended at or before a time of CLOCK_MONOTONIC. */
    public void closeThrough(long monotonicNanos) {
        while (current.span().endMonotonicNanos() <= monotonicNanos) {
            openNext();
            closeCurrent();
        }
    }

    /** Closes all that is open. Nothing may be added after it. */
    public void finish() {
        closed.accept(current);
        if (nextOpen) {
            closed.accept(next);
        }
    }

    private void openNext() {
        if (!nextOpen) {
            next.open(schedule.after(current.span()));
            nextOpen = true;
        }
    }

    private void closeCurrent() {
        closed.accept(current);
        Window<P> free = current;
        current = next;
        next = free;
        nextOpen = false;
    }
}
