package dev.sonde.bench.jvmsteps;

import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/** Counts right and wrong claims; of the wrong ones it keeps where they were made. */
final class ClaimCount implements ClaimSink {

    private final Map<String, Integer> misses = new HashMap<>();
    private long right;
    private long wrong;
    private long named;
    private long undecided;

    @Override
    public void right(StepClaim claim) {
        right++;
    }

    @Override
    public void returned(StepClaim claim, long to) {
        if (claim.caller() == to) {
            right++;
            return;
        }
        wrong++;
        named += claim.caller() == 0 ? 0 : 1;
        String found = claim.caller() == 0 ? claim.outcome() : "wrong-caller";
        misses.merge(found + " in " + claim.place() + " at " + claim.bytes(), 1, Integer::sum);
    }

    @Override
    public void undecided(StepClaim claim) {
        undecided++;
    }

    /** How many claims were judged. */
    long judged() {
        return right + wrong;
    }

    /** Of these, how many named another caller than the true one: worse than to name none. */
    long named() {
        return named;
    }

    /** How many could not be judged. */
    long undecided() {
        return undecided;
    }

    /** Of the judged, how many named the true caller; percent. */
    double rightPercent() {
        return 100.0 * right / Math.max(1, judged());
    }

    /** The misses by reason and code, the most frequent first. */
    List<String> explained() {
        return misses.entrySet().stream()
                .sorted(Map.Entry.<String, Integer>comparingByValue()
                        .reversed()
                        .thenComparing(Map.Entry::getKey, Comparator.naturalOrder()))
                .map(miss -> miss.getValue() + " x " + miss.getKey())
                .toList();
    }
}
