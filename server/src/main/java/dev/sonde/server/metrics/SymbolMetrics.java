package dev.sonde.server.metrics;

import io.prometheus.metrics.core.metrics.Counter;
import io.prometheus.metrics.core.metrics.GaugeWithCallback;
import io.prometheus.metrics.model.registry.PrometheusRegistry;
import java.util.function.LongSupplier;

/** Debuginfo and names. */
public final class SymbolMetrics {

    private final PrometheusRegistry registry;
    private final Counter symbolized;
    private final Counter uploads;

    public SymbolMetrics(PrometheusRegistry registry) {
        this.registry = registry;
        symbolized = Counter.builder()
                .name("sonde_server_symbolized_total")
                .help("Addresses looked up for the first time, by outcome.")
                .labelNames("outcome")
                .register(registry);
        uploads = Counter.builder()
                .name("sonde_server_debuginfo_uploaded_total")
                .help("Debuginfo files taken in.")
                .register(registry);
    }

    /** A name was found. */
    public void named() {
        symbolized.labelValues("named").inc();
    }

    /** The debuginfo has no function there. */
    public void noSymbol() {
        symbolized.labelValues("no_symbol").inc();
    }

    /** Nobody brought the debuginfo. */
    public void noDebuginfo() {
        symbolized.labelValues("no_debuginfo").inc();
    }

    /** A debuginfo file was taken in. */
    public void uploaded() {
        uploads.inc();
    }

    /** Shows what is kept. */
    public void watch(LongSupplier files, LongSupplier diskBytes, LongSupplier uploading, LongSupplier tableBytes) {
        gauge("sonde_server_debuginfo_files", "Debuginfo files kept.", files);
        gauge("sonde_server_debuginfo_bytes", "Bytes of debuginfo kept on disk.", diskBytes);
        gauge("sonde_server_debuginfo_uploads", "Uploads under way.", uploading);
        gauge("sonde_server_symbol_table_bytes", "Symbol tables in memory.", tableBytes);
    }

    private void gauge(String name, String help, LongSupplier value) {
        GaugeWithCallback.builder()
                .name(name)
                .help(help)
                .callback(callback -> callback.call((double) value.getAsLong()))
                .register(registry);
    }
}
