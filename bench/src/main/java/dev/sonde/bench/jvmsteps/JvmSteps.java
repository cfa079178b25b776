package dev.sonde.bench.jvmsteps;

import dev.sonde.bench.harness.Figure;
import dev.sonde.bench.jvm.Jvm;
import java.io.IOException;
import java.io.InputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import javax.tools.ToolProvider;

/** Steps JVMs through programs, each of one kind of work (Programs.java among the resources). */
public final class JvmSteps implements AutoCloseable {

    private static final String THREAD = "stepped";

    /** The threads that carry virtual ones (java.lang.VirtualThread). */
    private static final String CARRIERS = "ForkJoinPool-1";

    /** The first release with virtual threads. */
    private static final int VIRTUAL_THREADS = 21;

    /** A burst of code that only calls what never returns within it judges nothing. */
    private static final int MAX_BURSTS = 2_000;

    /** Until the compilers are through with most of the program. */
    private static final long WARM_UP_NANOS = 2_500_000_000L;

    private static final long SEED = 20_260_101;

    private static final List<Program> PROGRAMS = List.of(
            new Program("calls"),
            new Program("exceptions"),
            new Program("strings"),
            new Program("arrays"),
            new Program("garbage"),
            new Program("streams"),
            new Program("recursion"),
            new Program("natives"),
            new Program("all", "-Xint"),
            new Program("all", "-XX:-Inline"),
            new Program("all", "-XX:TieredStopAtLevel=1"),
            new Program("virtuals"));

    private final Path classes;
    private final Stepper stepper;
    private final JvmBursts bursts;

    /**
     * A program and the JVM's flags.
     *
     * @param kind of work (Programs.java)
     */
    record Program(String kind, String... flags) {
        boolean runsOn(Jvm jvm) {
            return !isVirtual() || jvm.feature() >= VIRTUAL_THREADS;
        }

        boolean isVirtual() {
            return kind.equals("virtuals") || kind.equals("frozen");
        }
    }

    private JvmSteps(Path classes, Stepper stepper) {
        this.classes = classes;
        this.stepper = stepper;
        this.bursts = new JvmBursts(stepper, SEED);
    }

    /** Compiles the programs, and what steps them, into a folder. */
    public static JvmSteps prepare(Path folder) throws IOException, InterruptedException {
        Path source = folder.resolve("Programs.java");
        try (InputStream resource = JvmSteps.class.getResourceAsStream("Programs.java")) {
            Files.write(source, resource.readAllBytes());
        }
        int result = ToolProvider.getSystemJavaCompiler()
                .run(null, null, null, "-d", folder.toString(), "--release", "17", source.toString());
        if (result != 0) {
            throw new IOException("javac: exit code " + result + " (expected: 0) for " + source);
        }
        return new JvmSteps(folder, Stepper.start(folder));
    }

    /**
     * Steps a JVM through all programs.
     *
     * @param instructions of Java code to judge in all
     */
    JvmStepScore run(Jvm jvm, long instructions) throws IOException, InterruptedException {
        List<Program> programs =
                PROGRAMS.stream().filter(program -> program.runsOn(jvm)).toList();
        JvmStepScore score = new JvmStepScore();
        long each = (instructions + programs.size() - 1) / programs.size();
        // The next one warms up while one is stepped, which mostly stands still.
        Running next = start(jvm, programs.getFirst());
        try {
            for (int i = 0; i < programs.size(); i++) {
                try (Running program = next) {
                    next = null;
                    next = i + 1 < programs.size() ? start(jvm, programs.get(i + 1)) : null;
                    program.awaitWarm();
                    bursts.run(program.pid(), program.thread(), each, MAX_BURSTS, score);
                }
            }
        } finally {
            if (next != null) {
                next.close();
            }
        }
        return score;
    }

    /** Starts a program. */
    Running start(Jvm jvm, Program program) throws IOException {
        List<String> command = new ArrayList<>(List.of(jvm.java().toString()));
        command.addAll(List.of(program.flags()));
        command.addAll(List.of("-Xmx256m", "-cp", classes.toString(), "Programs", program.kind()));
        return new Running(
                program,
                new ProcessBuilder(command)
                        .redirectError(ProcessBuilder.Redirect.INHERIT)
                        .start(),
                System.nanoTime());
    }

    /** A program that runs until this is closed. */
    record Running(Program program, Process process, long startNanos) implements AutoCloseable {

        /** Waits until it does what it is for, and most of it is compiled. */
        void awaitWarm() throws IOException, InterruptedException {
            if (process.inputReader(StandardCharsets.UTF_8).readLine() == null) {
                throw new IOException(program + ": ended (expected: a running program)");
            }
            Thread.sleep(Duration.ofNanos(Math.max(0, startNanos + WARM_UP_NANOS - System.nanoTime())));
        }

        int pid() {
            return (int) process.pid();
        }

        /** How the names of the threads begin that are to be stepped. */
        String thread() {
            return program.isVirtual() ? CARRIERS : THREAD;
        }

        @Override
        public void close() {
            process.destroyForcibly();
        }
    }

    Stepper stepper() {
        return stepper;
    }

    /** The same, as figures; the misses go to the log. */
    public List<Figure> figures(Jvm jvm, long instructions, PrintStream log) throws IOException, InterruptedException {
        JvmStepScore score = run(jvm, instructions);
        ClaimCount java = score.java();
        String name = "JDK " + jvm.version() + ": ";
        java.explained().forEach(line -> log.println(name + line));
        score.other().explained().forEach(line -> log.println(name + "native: " + line));
        score.unrooted().forEach(line -> log.println(name + "no root: " + line));
        return List.of(
                Figure.of(name + "judged instructions", java.judged(), "steps", ""),
                Figure.of(name + "right callers", java.rightPercent(), 3, "%", "goal >= 99.95"),
                Figure.of(name + "wrong callers", java.named(), "steps", ""),
                Figure.of(name + "not judged", java.undecided(), "steps", "frames that did not return in time"),
                Figure.of(name + "right callers in native code", score.other().rightPercent(), 3, "%", ""),
                Figure.of(name + "stacks with their root", score.rootsPercent(), 3, "%", ""));
    }

    @Override
    public void close() {
        stepper.close();
    }
}
