package dev.sonde.server.metrics;

import io.prometheus.metrics.core.metrics.Counter;
import io.prometheus.metrics.model.registry.PrometheusRegistry;

/** Requests that were refused, by reason. */
public final class Rejections {

    private final Counter rejected;

    public Rejections(PrometheusRegistry registry) {
        rejected = Counter.builder()
                .name("sonde_server_rejected_total")
                .help("Requests refused, by reason: one word of a fixed set.")
                .labelNames("reason")
                .register(registry);
    }

    /** Counts one; the reason is never a client's text. */
    public void count(String reason) {
        rejected.labelValues(reason).inc();
    }
}
