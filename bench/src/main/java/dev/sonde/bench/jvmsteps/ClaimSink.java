package dev.sonde.bench.jvmsteps;

/** What takes the judgements of claims. */
interface ClaimSink {

    /** The claim agrees with the call that made the frame. */
    void right(StepClaim claim);

    /** The claim's frame has returned to an address. */
    void returned(StepClaim claim, long to);

    /** What the frame returns to will not be known. */
    void undecided(StepClaim claim);
}
