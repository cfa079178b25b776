package dev.sonde.agent.kernel;

/** Takes samples as {@link Sampler#poll} reads them. */
@FunctionalInterface
public interface SampleHandler {
    /**
     * One sample.
     *
     * @param sample reused for the next one: valid only during this call
     */
    void onSample(Sample sample);
}
