package dev.sonde.agent.kernel;

/** Samplers that run at once: with no unwind tables, so that user stacks have their leaf alone. */
final class TestSampler {

    private TestSampler() {}

    static Sampler started(SamplerOptions options) throws SamplerException {
        Sampler sampler = Sampler.open(options);
        try {
            sampler.start();
            return sampler;
        } catch (SamplerException e) {
            sampler.close();
            throw e;
        }
    }
}
