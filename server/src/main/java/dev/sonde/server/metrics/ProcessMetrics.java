package dev.sonde.server.metrics;

import io.prometheus.metrics.core.metrics.CounterWithCallback;
import io.prometheus.metrics.core.metrics.GaugeWithCallback;
import io.prometheus.metrics.model.registry.PrometheusRegistry;
import java.io.IOException;
import java.lang.management.ManagementFactory;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.function.DoubleSupplier;

/** This process: memory, CPU time, start. Names as Prometheus' client libraries have them. */
public final class ProcessMetrics {

    /** Resident pages are the second number of it, proc_pid_statm(5). */
    private static final Path STATM = Path.of("/proc/self/statm");

    /** The page size of x86-64. */
    private static final long PAGE_BYTES = 4096;

    private ProcessMetrics() {}

    /** Adds them to a registry. */
    public static void register(PrometheusRegistry registry) {
        Runtime runtime = Runtime.getRuntime();
        gauge(registry, "process_resident_memory_bytes", "Resident memory.", ProcessMetrics::residentBytes);
        gauge(
                registry,
                "jvm_heap_used_bytes",
                "Heap in use, garbage included.",
                () -> runtime.totalMemory() - runtime.freeMemory());
        gauge(registry, "jvm_heap_max_bytes", "Most that the heap may grow to.", runtime::maxMemory);
        double startSeconds = ManagementFactory.getRuntimeMXBean().getStartTime() / 1000.0;
        gauge(registry, "process_start_time_seconds", "Start, Unix seconds.", () -> startSeconds);
        CounterWithCallback.builder()
                .name("process_cpu_seconds_total")
                .help("CPU time of all threads.")
                .callback(callback -> callback.call(cpuSeconds()))
                .register(registry);
    }

    private static void gauge(PrometheusRegistry registry, String name, String help, DoubleSupplier value) {
        GaugeWithCallback.builder()
                .name(name)
                .help(help)
                .callback(callback -> callback.call(value.getAsDouble()))
                .register(registry);
    }

    private static double cpuSeconds() {
        return ProcessHandle.current().info().totalCpuDuration().orElseThrow().toNanos() / 1e9;
    }

    private static double residentBytes() {
        try {
            String[] fields = Files.readString(STATM, StandardCharsets.US_ASCII).split(" ", 3);
            return Long.parseLong(fields[1]) * (double) PAGE_BYTES;
        } catch (IOException e) {
            return Double.NaN;
        }
    }
}
