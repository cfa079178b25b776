package dev.sonde.server.cli;

import dev.sonde.server.cli.text.FlameText;
import java.io.IOException;
import java.util.Map;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** {@code flame}: the merged stacks as a tree. */
@Command(
        name = "flame",
        mixinStandardHelpOptions = true,
        sortOptions = false,
        description = "Shows the merged stacks as a tree.")
final class FlameCommand implements Callable<Integer> {

    /** Lines of a tree that a reader takes in: frames of less than a percent are put together. */
    private static final String TEXT_MIN_SHARE = "0.01";

    @Mixin
    private QueryOptions options;

    @Mixin
    private AnswerOptions answer;

    @Option(
            names = "--min-share",
            paramLabel = "SHARE",
            description = "Share of all, from 0 to below 1, under which frames are put together; pprof and collapsed"
                    + " stacks are never cut. Default: " + TEXT_MIN_SHARE + " as text, else the server's.")
    private String minShare;

    @Override
    public Integer call() throws ApiException, InterruptedException, IOException {
        Map<String, String> parameters = options.parameters();
        if (minShare != null || answer.isText()) {
            parameters.put("min_share", minShare == null ? TEXT_MIN_SHARE : minShare);
        }
        answer.write(
                options, "/api/v1/flame", parameters, (json, out) -> FlameText.print(json, options.question(), out));
        return 0;
    }
}
