package dev.sonde.server.cli;

import dev.sonde.server.cli.AnswerOptions.Format;
import dev.sonde.server.cli.text.SeriesText;
import dev.sonde.server.cli.text.Sparkline;
import java.io.IOException;
import java.util.Map;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** {@code series}: sums over time. */
@Command(name = "series", mixinStandardHelpOptions = true, sortOptions = false, description = "Shows sums over time.")
final class SeriesCommand implements Callable<Integer> {

    @Mixin
    private QueryOptions options;

    @Mixin
    private AnswerOptions answer;

    @Option(
            names = "--by",
            paramLabel = "LABEL[,LABEL...]",
            description = "A line for each set of values of these labels. Default: one line.")
    private String by;

    @Option(
            names = "--step",
            paramLabel = "TIME",
            description = "Length of a point, such as 30s or 5m. Default: what makes at most 300 points.")
    private String step;

    @Override
    public Integer call() throws ApiException, InterruptedException, IOException {
        answer.allow(Format.TEXT, Format.JSON);
        Map<String, String> parameters = options.parameters();
        if (by != null) {
            parameters.put("by", by);
        }
        if (step != null) {
            parameters.put("step", step);
        }
        Sparkline sparkline = Sparkline.forCharset(answer.charset());
        answer.write(
                options,
                "/api/v1/series",
                parameters,
                (json, out) -> SeriesText.print(json, options.question(), sparkline, out));
        return 0;
    }
}
