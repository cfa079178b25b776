package dev.sonde.server.metrics;

import dev.sonde.server.store.ProfileStore;
import io.prometheus.metrics.core.metrics.CounterWithCallback;
import io.prometheus.metrics.core.metrics.GaugeWithCallback;
import io.prometheus.metrics.model.registry.PrometheusRegistry;

/** What the store did. */
public final class StoreMetrics {

    private StoreMetrics() {}

    /** Adds them to a registry; read when asked for. */
    public static void register(PrometheusRegistry registry, ProfileStore store) {
        CounterWithCallback.builder()
                .name("sonde_server_store_commits_total")
                .help("Transactions written.")
                .callback(callback -> callback.call((double) store.statistics().commits()))
                .register(registry);
        CounterWithCallback.builder()
                .name("sonde_server_store_samples_total")
                .help("Samples kept, after equal stacks with equal labels of a profile were added up.")
                .callback(callback -> callback.call((double) store.statistics().samplesStored()))
                .register(registry);
        CounterWithCallback.builder()
                .name("sonde_server_store_number_labels_dropped_total")
                .help("Number labels of samples, which are not kept.")
                .callback(callback -> callback.call((double) store.statistics().numberLabelsDropped()))
                .register(registry);
        CounterWithCallback.builder()
                .name("sonde_server_store_refused_total")
                .help("Appends that the store refused, by reason.")
                .labelNames("reason")
                .callback(callback ->
                        store.statistics().refused().forEach((reason, count) -> callback.call((double) count, reason)))
                .register(registry);
        CounterWithCallback.builder()
                .name("sonde_server_store_broken_days_total")
                .help("Days whose files were found broken and moved aside.")
                .callback(callback -> callback.call((double) store.statistics().brokenDays()))
                .register(registry);
        GaugeWithCallback.builder()
                .name("sonde_server_store_bytes")
                .help("Bytes of profiles on disk.")
                .callback(callback -> callback.call((double) store.statistics().diskBytes()))
                .register(registry);
    }
}
