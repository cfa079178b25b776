package dev.sonde.bench.jvm;

import dev.sonde.bench.agent.AgentFigures;
import dev.sonde.bench.harness.BenchContext;
import dev.sonde.bench.harness.Commands;
import dev.sonde.bench.harness.Figure;
import dev.sonde.bench.harness.SondeProcess;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.TreeMap;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** What an agent takes beside a JVM: CPU time while it is busy, memory when it is large, the JVM's own time. */
final class AgentCost {

    private static final int HERTZ = 19;

    /** Many samples find many methods: what is held of a JVM grows to its bounds. */
    private static final int HIGH_HERTZ = 499;

    private static final int CLASSES = 30_000;
    private static final int METHODS = 20_000;

    private static final Load LARGE =
            Load.program(17, "ManyMethods", "-XX:TieredStopAtLevel=1", "-XX:ReservedCodeCacheSize=200m");

    private static final Load GAPS = Load.program(17, "Gaps");

    /** The symbols of all that runs are uploaded at an agent's start. */
    private static final Duration SETTLE = Duration.ofSeconds(60);

    /** Over two and a half windows of 10 s, and no divisor of them. */
    private static final int HELD_MOMENTS = 8;

    private static final Duration BETWEEN_MOMENTS = Duration.ofMillis(3_100);

    private static final Duration LONGEST_COMPILATION = Duration.ofMinutes(3);

    /** Gaps of 2^17 ns and more, some 130 us: longer than what the kernel does at a tick. */
    private static final int LONG_GAP_BITS = 18;

    /** The agent's thread that reads JVMs (JvmProcesses). */
    private static final String JVMS_THREAD = "sonde-jvms";

    private static final double LEAST_MILLIS = 0.1;

    private static final double MIB = 1 << 20;

    private static final Pattern TOTAL = Pattern.compile("(?m)^Total +\\d+ +(\\d+)");

    private final BenchContext context;
    private final LoadRun run;

    AgentCost(BenchContext context, LoadRun run) {
        this.context = context;
        this.run = run;
    }

    /** With a JVM that keeps every CPU busy. */
    List<Figure> busy(Jvm jvm, Load load) throws IOException, InterruptedException {
        try (SondeProcess server = SondeProcess.server(context);
                SondeProcess agent =
                        AgentFigures.start(context, server.readLine(), AgentFigures.freeAddress(), HERTZ)) {
            context.log().println(AgentFigures.settle(context, agent));
            Process process = run.start(load, jvm);
            try {
                Thread.sleep(SETTLE);
                Duration cpu = agent.usage().cpu();
                Map<String, Duration> threads = agent.usage().cpuByThread();
                long start = System.nanoTime();
                Thread.sleep(context.duration());
                double elapsed = System.nanoTime() - start;
                double used = agent.usage().cpu().minus(cpu).toNanos();
                Map<String, Double> each = new TreeMap<>();
                agent.usage()
                        .cpuByThread()
                        .forEach((thread, cpuNow) -> each.put(
                                thread,
                                1e3
                                        * cpuNow.minus(threads.getOrDefault(thread, Duration.ZERO))
                                                .toNanos()
                                        / elapsed));
                each.values().removeIf(millis -> millis < LEAST_MILLIS);
                context.log().println("agent's threads, ms of CPU a second: " + each);
                return List.of(
                        Figure.of(
                                jvm.version() + " agent CPU at 19 Hz, a JVM busy on all CPUs",
                                100 * used / elapsed / Runtime.getRuntime().availableProcessors(),
                                2,
                                "% of the machine",
                                "goal <= 0.5"),
                        Figure.of(
                                jvm.version() + " of it, looking after all JVMs",
                                each.getOrDefault(JVMS_THREAD, 0.0),
                                3,
                                "ms a second",
                                "of all JVMs of the machine"));
            } finally {
                process.destroyForcibly().waitFor();
            }
        }
    }

    /** With a JVM of many methods and classes. */
    List<Figure> large(Jvm jvm) throws IOException, InterruptedException {
        String address = AgentFigures.freeAddress();
        try (SondeProcess server = SondeProcess.server(context);
                SondeProcess agent = AgentFigures.start(context, server.readLine(), address, HIGH_HERTZ)) {
            Thread.sleep(SETTLE);
            Held before = held(agent);
            double maps = new AgentFigures(address).sum("sonde_agent_bpf_map_bytes");
            Process process = run.start(LARGE.with(Integer.toString(CLASSES), Integer.toString(METHODS)), jvm);
            try {
                long methods = awaitMethods(process);
                Thread.sleep(SETTLE);
                Held with = held(agent);
                return List.of(
                        Figure.of(
                                jvm.version() + " agent's live heap more with a JVM of many methods",
                                (with.mean - before.mean) / MIB,
                                1,
                                "MiB",
                                String.format(
                                        Locale.ROOT,
                                        "goal <= 9.5, which is 10 MB; with what windows hold: %.1f when least, %.1f when"
                                                + " most; %d nmethods, %d classes made, %d Hz",
                                        (with.least - before.least) / MIB,
                                        (with.most - before.most) / MIB,
                                        methods,
                                        CLASSES,
                                        HIGH_HERTZ)),
                        Figure.of(
                                jvm.version() + " the same, BPF maps",
                                (new AgentFigures(address).sum("sonde_agent_bpf_map_bytes") - maps) / MIB,
                                1,
                                "MiB",
                                ""));
            } finally {
                process.destroyForcibly().waitFor();
            }
        }
    }

    private static long awaitMethods(Process process) throws IOException, InterruptedException {
        long end = System.nanoTime() + LONGEST_COMPILATION.toNanos();
        long methods = 0;
        while (methods < METHODS && System.nanoTime() < end) {
            Thread.sleep(1_000);
            methods = NamingCost.nmethods(process.pid());
        }
        return methods;
    }

    /** What is reachable at several moments, in bytes. */
    private record Held(double mean, long least, long most) {}

    /** A window's samples are held until it is shipped, so what is held depends on the moment. */
    private Held held(SondeProcess process) throws IOException, InterruptedException {
        long sum = 0;
        long least = Long.MAX_VALUE;
        long most = 0;
        for (int i = 0; i < HELD_MOMENTS; i++) {
            Thread.sleep(BETWEEN_MOMENTS);
            long bytes = liveBytes(process);
            sum += bytes;
            least = Math.min(least, bytes);
            most = Math.max(most, bytes);
        }
        return new Held((double) sum / HELD_MOMENTS, least, most);
    }

    /** What is reachable: jcmd has the garbage collected before it counts. */
    private long liveBytes(SondeProcess process) throws IOException, InterruptedException {
        String jcmd = Path.of(System.getProperty("java.home"), "bin", "jcmd").toString();
        String said =
                Commands.output(context.scratch(), List.of(jcmd, Long.toString(process.pid()), "GC.class_histogram"));
        Matcher total = TOTAL.matcher(said);
        if (!total.find()) {
            throw new IOException("jcmd: no total (expected: a histogram): " + said);
        }
        return Long.parseLong(total.group(1));
    }

    /** How long a JVM's thread is kept from running, without an agent and with one. */
    List<Figure> pauses(Jvm jvm) throws IOException, InterruptedException {
        Load load = GAPS.with(Long.toString(context.duration().toSeconds()));
        String without = run.said(load, jvm).strip();
        try (SondeProcess server = SondeProcess.server(context);
                SondeProcess agent =
                        AgentFigures.start(context, server.readLine(), AgentFigures.freeAddress(), HERTZ)) {
            context.log().println("agent " + agent.pid() + " settles for " + SETTLE.toSeconds() + " s");
            Thread.sleep(SETTLE);
            return List.of(
                    gaps(jvm.version() + " a thread's gaps of 131 us and more, without agent", without),
                    gaps(
                            jvm.version() + " the same with one at 19 Hz",
                            run.said(load, jvm).strip()));
        }
    }

    private Figure gaps(String name, String said) {
        String[] words = said.split(" ", -1);
        long count = 0;
        StringBuilder histogram = new StringBuilder();
        for (int bits = 1; bits < words.length; bits++) {
            long here = Long.parseLong(words[bits]);
            // The first word is the longest gap; the next has those of 0 bits.
            if (here > 0 && bits - 1 > 10) {
                histogram.append(String.format(Locale.ROOT, " <%d us %d", 1L << (bits - 1 - 10), here));
            }
            count += bits - 1 >= LONG_GAP_BITS ? here : 0;
        }
        return Figure.of(
                name,
                (double) count / context.duration().toSeconds(),
                2,
                "a second",
                String.format(Locale.ROOT, "longest %.2f ms;%s", Long.parseLong(words[0]) / 1e6, histogram));
    }
}
