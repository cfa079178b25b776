package dev.sonde.agent.quality;

import dev.sonde.agent.jvm.JvmReport;
import dev.sonde.agent.metrics.MetricsServer;
import java.util.Arrays;
import java.util.List;
import java.util.function.Supplier;

/** The agent's page about its stacks: a table, or with {@code ?format=json} all of it as JSON. */
public final class UnwindPage implements MetricsServer.Page {

    /** Where it is served. */
    public static final String PATH = "/debug/unwind";

    /** What is asked for to get JSON. */
    public static final String JSON_QUERY = "format=json";

    private static final String JSON = "application/json; charset=utf-8";

    private final StackQuality quality;
    private final Supplier<List<JvmReport>> jvms;

    /** A page about what is counted, and the Java virtual machines that are known, by then. */
    public UnwindPage(StackQuality quality, Supplier<List<JvmReport>> jvms) {
        this.quality = quality;
        this.jvms = jvms;
    }

    @Override
    public MetricsServer.Content of(String query) {
        QualityReport report = quality.report().withJvms(jvms.get());
        return Arrays.asList(query.split("&", -1)).contains(JSON_QUERY)
                ? new MetricsServer.Content(JSON, ReportJson.of(report).toPrettyString() + "\n")
                : MetricsServer.Content.text(ReportText.of(report));
    }
}
