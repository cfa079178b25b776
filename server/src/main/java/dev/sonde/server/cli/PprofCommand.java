package dev.sonde.server.cli;

import dev.sonde.server.cli.AnswerOptions.Format;
import java.io.IOException;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;

/** {@code pprof}: the merged stacks as a file that pprof tools read. */
@Command(
        name = "pprof",
        mixinStandardHelpOptions = true,
        sortOptions = false,
        description = "Writes the merged stacks as a gzipped pprof profile.")
final class PprofCommand implements Callable<Integer> {

    @Mixin
    private QueryOptions options;

    @Mixin
    private AnswerOptions answer;

    @Override
    public Integer call() throws ApiException, InterruptedException, IOException {
        answer.allow(Format.PPROF);
        answer.writePprof(options);
        return 0;
    }
}
