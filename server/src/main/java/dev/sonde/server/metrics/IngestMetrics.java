package dev.sonde.server.metrics;

import io.prometheus.metrics.core.metrics.Counter;
import io.prometheus.metrics.model.registry.PrometheusRegistry;

/** What came in. */
public final class IngestMetrics {

    private final Counter profiles;
    private final Counter duplicates;
    private final Counter samples;
    private final Counter bytes;

    public IngestMetrics(PrometheusRegistry registry) {
        profiles = Counter.builder()
                .name("sonde_server_profiles_ingested_total")
                .help("Profiles stored and acknowledged.")
                .register(registry);
        duplicates = Counter.builder()
                .name("sonde_server_profiles_duplicate_total")
                .help("Profiles acknowledged and not stored, for they were there already.")
                .register(registry);
        samples = Counter.builder()
                .name("sonde_server_samples_ingested_total")
                .help("Samples (rows of pprof) of requests acknowledged, those of duplicates included.")
                .register(registry);
        bytes = Counter.builder()
                .name("sonde_server_ingested_bytes_total")
                .help("Bytes of pprof, as sent, of requests acknowledged.")
                .register(registry);
    }

    /** Counts one request that was acknowledged. */
    public void ingested(int stored, int known, long sampleCount, long byteCount) {
        profiles.inc(stored);
        duplicates.inc(known);
        samples.inc(sampleCount);
        bytes.inc(byteCount);
    }
}
