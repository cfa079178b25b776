package dev.sonde.server.cli;

import dev.sonde.server.cli.AnswerOptions.Format;
import dev.sonde.server.cli.text.LabelsText;
import java.io.IOException;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;

/** {@code labels}: the labels of what is selected. */
@Command(
        name = "labels",
        mixinStandardHelpOptions = true,
        sortOptions = false,
        description = "Shows the labels of what is selected, and their values.")
final class LabelsCommand implements Callable<Integer> {

    @Mixin
    private QueryOptions options;

    @Mixin
    private AnswerOptions answer;

    @Override
    public Integer call() throws ApiException, InterruptedException, IOException {
        answer.allow(Format.TEXT, Format.JSON);
        answer.write(
                options,
                "/api/v1/labels",
                options.parameters(),
                (json, out) -> LabelsText.print(json, options.question(), out));
        return 0;
    }
}
