package dev.sonde.agent.record;

import dev.sonde.agent.aggregate.Drop;
import dev.sonde.agent.count.Counts;
import dev.sonde.agent.kernel.SamplerCounters;
import dev.sonde.agent.kernel.StackOutcome;
import java.util.Locale;
import java.util.Map;
import java.util.StringJoiner;
import java.util.TreeMap;

/**
 * What a recording came to.
 *
 * @param samples samples in the file
 * @param elapsedNanos from its start to its end
 * @param complete share of the stacks that reached their root, 0 to 1; NaN without samples
 * @param lost samples that are not in the file, by reason; no zeros
 * @param truncated stacks that ended early, by reason; no zeros
 */
record Summary(long samples, long elapsedNanos, double complete, Map<String, Long> lost, Map<String, Long> truncated) {

    static Summary of(
            long samples,
            long elapsedNanos,
            SamplerCounters counters,
            Counts<Drop> drops,
            Counts<StackOutcome> outcomes) {
        Map<String, Long> lost = new TreeMap<>(counters.lost());
        drops.forEach((drop, count) -> lost.merge(drop.word(), count, Long::sum));
        lost.values().removeIf(count -> count == 0);
        Map<String, Long> truncated = new TreeMap<>();
        long stacks = 0;
        for (StackOutcome outcome : StackOutcome.values()) {
            long count = outcomes.get(outcome);
            stacks += count;
            if (count > 0 && outcome != StackOutcome.COMPLETE) {
                truncated.put(outcome.reason(), count);
            }
        }
        double complete = (double) outcomes.get(StackOutcome.COMPLETE) / stacks;
        return new Summary(samples, elapsedNanos, complete, lost, truncated);
    }

    /** In one line: {@code 990 samples in 10.0 s at 99 Hz, lost none; 98.5 % of stacks complete (no-call 15)}. */
    String text(int hertz) {
        StringBuilder text = new StringBuilder();
        text.append(
                String.format(Locale.ROOT, "%d samples in %.1f s at %d Hz, lost ", samples, elapsedNanos / 1e9, hertz));
        text.append(lost.isEmpty() ? "none" : list(lost));
        if (!Double.isNaN(complete)) {
            text.append(String.format(Locale.ROOT, "; %.1f %% of stacks complete", 100 * complete));
            text.append(truncated.isEmpty() ? "" : " (truncated: " + list(truncated) + ")");
        }
        return text.toString();
    }

    private static String list(Map<String, Long> counts) {
        StringJoiner list = new StringJoiner(", ");
        counts.forEach((reason, count) -> list.add(reason + " " + count));
        return list.toString();
    }
}
