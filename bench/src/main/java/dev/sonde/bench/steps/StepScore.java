package dev.sonde.bench.steps;

import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.function.BinaryOperator;

/**
 * What a program's steps showed.
 *
 * @param steps judged
 * @param rightCallers of these, with the true caller of the innermost frame, or the end where there is none
 * @param rightStacks of these, with all true callers and the true end
 * @param landings of these, named as their caller where a jump out of frames was about to go
 * @param misses how often each was seen
 */
public record StepScore(
        String program, long steps, long rightCallers, long rightStacks, long landings, Map<StepMiss, Long> misses) {

    /** Steps that named a caller that was none: worse than to name none. */
    public long wrongCallers() {
        return misses.entrySet().stream()
                .filter(miss -> miss.getKey().reason().equals(StepMiss.WRONG))
                .mapToLong(Map.Entry::getValue)
                .sum();
    }

    /** The misses by function and reason, the most frequent first, each with an example. */
    public List<String> explained() {
        Map<String, Long> counts = new HashMap<>();
        Map<String, StepMiss> first = new HashMap<>();
        misses.forEach((miss, count) -> {
            counts.merge(miss.group(), count, Long::sum);
            first.merge(miss.group(), miss, BinaryOperator.minBy(Comparator.comparingLong(StepMiss::address)));
        });
        return counts.entrySet().stream()
                .sorted(Map.Entry.<String, Long>comparingByValue().reversed())
                .map(group -> group.getValue() + " x " + group.getKey() + example(first.get(group.getKey())))
                .toList();
    }

    private static String example(StepMiss miss) {
        return ", first at " + StepMiss.hex(miss.address()) + ": caller " + miss.found() + " (true: " + miss.expected()
                + ")";
    }

    /** Of the steps, with the true caller; percent. */
    public double callersPercent() {
        return 100.0 * rightCallers / Math.max(1, steps);
    }

    /** Of the steps, with the whole true stack; percent. */
    public double stacksPercent() {
        return 100.0 * rightStacks / Math.max(1, steps);
    }
}
