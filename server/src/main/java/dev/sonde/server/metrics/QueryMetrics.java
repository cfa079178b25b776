package dev.sonde.server.metrics;

import io.prometheus.metrics.core.metrics.Histogram;
import io.prometheus.metrics.model.registry.PrometheusRegistry;
import java.util.concurrent.TimeUnit;

/** How long questions take. */
public final class QueryMetrics {

    private final Histogram seconds;

    public QueryMetrics(PrometheusRegistry registry) {
        seconds = Histogram.builder()
                .name("sonde_server_query_seconds")
                .help("Time to answer a question that was understood, by endpoint.")
                .labelNames("endpoint")
                .classicOnly()
                .classicUpperBounds(0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30)
                .register(registry);
    }

    /** Notes one answer. */
    public void answered(String endpoint, long nanos) {
        seconds.labelValues(endpoint).observe(nanos / (double) TimeUnit.SECONDS.toNanos(1));
    }
}
