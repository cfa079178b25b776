package dev.sonde.server.web;

import dev.sonde.model.TimeRange;
import dev.sonde.server.web.refusal.BadRequestException;
import java.time.Duration;

/** The length of a point of what is summed over time: the parameter {@code step}. */
final class Steps {

    /** Agents' windows are this long: a finer step shows nothing more. */
    private static final Duration MIN_STEP = Duration.ofSeconds(10);

    private static final Duration MAX_STEP = Duration.ofDays(31);

    /** What a chart is drawn from, and what the default step aims at. */
    private static final int DEFAULT_POINTS = 300;

    /** Points of one line: an hour of every 10 s many times over. */
    private static final int MAX_POINTS = 11_000;

    private Steps() {}

    /** The step asked for, or one that makes at most 300 points. */
    static Duration step(Parameters parameters, TimeRange range) throws BadRequestException {
        Duration step = parameters.duration("step", defaultStep(range), MIN_STEP, MAX_STEP);
        if (range.durationNanos() / step.toNanos() > MAX_POINTS) {
            throw Parameters.refused("step: " + step.toSeconds() + "s makes more than " + MAX_POINTS
                    + " points (expected: a longer step or a shorter range)");
        }
        return step;
    }

    /** A multiple of the shortest step. */
    private static Duration defaultStep(TimeRange range) {
        long steps = Math.ceilDiv(range.durationNanos(), MIN_STEP.toNanos() * DEFAULT_POINTS);
        Duration step = MIN_STEP.multipliedBy(steps);
        return step.compareTo(MAX_STEP) > 0 ? MAX_STEP : step;
    }
}
