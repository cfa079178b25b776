package dev.sonde.bench.jvmsteps;

import dev.sonde.agent.kernel.StackOutcome;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/** What the steps of JVMs showed. */
final class JvmStepScore {

    private final ClaimCount java = new ClaimCount();
    private final ClaimCount other = new ClaimCount();
    private final Map<String, Integer> ends = new HashMap<>();
    private long steps;
    private long roots;

    /** Where the code stood in the code cache. */
    ClaimCount java() {
        return java;
    }

    /** Where it stood elsewhere: in libjvm, libc and so on. */
    ClaimCount other() {
        return other;
    }

    /** A stack was unwound, up to some place. */
    void add(StackOutcome outcome, String place) {
        steps++;
        if (outcome == StackOutcome.COMPLETE) {
            roots++;
        } else {
            ends.merge(outcome.reason() + " at " + place, 1, Integer::sum);
        }
    }

    /** Of all stacks, how many reached the thread's root; percent. */
    double rootsPercent() {
        return 100.0 * roots / Math.max(1, steps);
    }

    /** How the others ended, the most frequent first. */
    List<String> unrooted() {
        return ends.entrySet().stream()
                .sorted(Map.Entry.<String, Integer>comparingByValue().reversed())
                .map(end -> end.getValue() + " x " + end.getKey())
                .toList();
    }
}
