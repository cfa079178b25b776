package dev.sonde.bench.agent;

import dev.sonde.agent.kernel.EventTimes;
import dev.sonde.agent.kernel.Sampler;
import dev.sonde.agent.kernel.SamplerCounters;
import dev.sonde.agent.kernel.SamplerException;
import dev.sonde.agent.kernel.SamplerOptions;
import dev.sonde.bench.harness.BenchContext;
import dev.sonde.bench.harness.Benchmark;
import dev.sonde.bench.harness.BusyMachine;
import dev.sonde.bench.harness.Figure;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/**
 * Every CPU busy at 99 Hz: samples and counted losses must make up the events' own running time x Hz. Time that the
 * hypervisor took (steal) and ticks that the timer left out are shown beside it.
 */
public final class TicksBenchmark implements Benchmark {

    private static final int HERTZ = 99;
    private static final long POLL_MILLIS = 200;

    /** The eighth number of /proc/stat's cpu line, in 10 ms ticks (man 5 proc). */
    private static final int STEAL_FIELD = 8;

    @Override
    public List<Figure> run(BenchContext context) throws IOException, InterruptedException {
        int seconds = Math.toIntExact(context.duration().toSeconds());
        try (BusyMachine busy = new BusyMachine(context.scratch(), 2 * seconds);
                Sampler sampler = Sampler.open(SamplerOptions.wholeMachine(HERTZ))) {
            sampler.start();
            double stealBefore = stealSeconds();
            long read = 0;
            long end = System.nanoTime() + context.duration().toNanos();
            while (System.nanoTime() < end) {
                read += sampler.poll(sample -> {});
                Thread.sleep(POLL_MILLIS);
            }
            EventTimes times = sampler.eventTimes();
            SamplerCounters counters = sampler.counters();
            read += sampler.poll(sample -> {});
            return table(times, counters, read, stealSeconds() - stealBefore);
        } catch (SamplerException e) {
            throw new IOException(e.getMessage(), e);
        }
    }

    private static List<Figure> table(EventTimes times, SamplerCounters counters, long read, double steal) {
        double expected = times.runningNanos() / 1e9 * HERTZ;
        long lost = counters.lost().values().stream().mapToLong(Long::longValue).sum();
        double difference = 100 * (counters.samples() + lost - expected) / expected;
        List<Figure> table = new ArrayList<>(List.of(
                Figure.of("events' running time", times.runningNanos() / 1e9, 2, "s", ""),
                Figure.of("running time x 99 Hz", expected, 0, "ticks", ""),
                Figure.of("samples written", counters.samples(), "samples", ""),
                Figure.of("samples read", read, "samples", "")));
        for (Map.Entry<String, Long> reason : new TreeMap<>(counters.lost()).entrySet()) {
            table.add(Figure.of("lost: " + reason.getKey(), reason.getValue(), "samples", ""));
        }
        table.add(Figure.of("steal", steal, 2, "s", ""));
        table.add(Figure.of("samples and losses against expected", difference, 2, "%", "goal within 1"));
        return table;
    }

    private static double stealSeconds() throws IOException {
        String cpu = Files.readAllLines(Path.of("/proc/stat")).getFirst();
        return Long.parseLong(cpu.trim().split(" +", -1)[STEAL_FIELD]) / 100.0;
    }
}
