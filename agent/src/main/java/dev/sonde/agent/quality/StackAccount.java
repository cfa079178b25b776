package dev.sonde.agent.quality;

import dev.sonde.agent.aggregate.RawSample;
import dev.sonde.agent.kernel.StackOutcome;
import dev.sonde.agent.process.ProcessInfo;

/** Takes note of stacks and how they ended. */
@FunctionalInterface
public interface StackAccount {

    /** One stack; the sample is used again after this. */
    void add(ProcessInfo process, RawSample stack, StackOutcome outcome);

    /** One that takes no note. */
    static StackAccount none() {
        return (process, stack, outcome) -> {};
    }
}
