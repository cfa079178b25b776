package dev.sonde.server.cli;

import dev.sonde.server.cli.text.TopText;
import java.io.IOException;
import java.util.Map;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** {@code top}: the functions in which most was spent. */
@Command(
        name = "top",
        mixinStandardHelpOptions = true,
        sortOptions = false,
        description = "Shows the functions in which most was spent.")
final class TopCommand implements Callable<Integer> {

    @Mixin
    private QueryOptions options;

    @Mixin
    private AnswerOptions answer;

    @Option(
            names = "--limit",
            paramLabel = "N",
            defaultValue = "30",
            description = "Functions. Default: ${DEFAULT-VALUE}.")
    private int limit;

    @Override
    public Integer call() throws ApiException, InterruptedException, IOException {
        Map<String, String> parameters = options.parameters();
        parameters.put("limit", Integer.toString(limit));
        answer.write(options, "/api/v1/top", parameters, (json, out) -> TopText.print(json, options.question(), out));
        return 0;
    }
}
