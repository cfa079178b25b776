package dev.sonde.agent.kernel;

import dev.sonde.agent.count.Counts;
import dev.sonde.agent.mapping.ExecutableFiles;
import dev.sonde.agent.mapping.MappingEvent;
import dev.sonde.agent.mapping.SymbolizerElfReader;
import dev.sonde.agent.unwind.Unwinding;
import java.nio.file.Path;
import java.util.Optional;

/** Samplers on their way. */
final class TestSampler {

    private TestSampler() {}

    /** Tables of all that runs, so that the stacks of a sampler that starts after this are whole. */
    static Unwinding tables(Sampler sampler) throws SamplerException {
        ExecutableFiles files = new ExecutableFiles(
                Path.of("/proc"), new SymbolizerElfReader(), 1000, new Counts<>(MappingEvent.class));
        return Unwinding.prepare(sampler, files, Optional.empty());
    }

    /** One that runs at once, with no unwind tables: user stacks have their leaf alone. */
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
