package dev.sonde.agent.quality;

import dev.sonde.agent.metrics.MetricsServer;
import java.util.Arrays;

/** The agent's page about its stacks: a table, or with {@code ?format=json} all of it as JSON. */
public final class UnwindPage implements MetricsServer.Page {

    /** Where it is served. */
    public static final String PATH = "/debug/unwind";

    /** What is asked for to get JSON. */
    public static final String JSON_QUERY = "format=json";

    private static final String JSON = "application/json; charset=utf-8";

    private final StackQuality quality;

    /** A page about what is counted by then. */
    public UnwindPage(StackQuality quality) {
        this.quality = quality;
    }

    @Override
    public MetricsServer.Content of(String query) {
        QualityReport report = quality.report();
        return Arrays.asList(query.split("&", -1)).contains(JSON_QUERY)
                ? new MetricsServer.Content(JSON, ReportJson.of(report).toPrettyString() + "\n")
                : MetricsServer.Content.text(ReportText.of(report));
    }
}
