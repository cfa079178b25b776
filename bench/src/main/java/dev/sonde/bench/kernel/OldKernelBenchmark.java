package dev.sonde.bench.kernel;

import dev.sonde.bench.harness.BenchContext;
import dev.sonde.bench.harness.Benchmark;
import dev.sonde.bench.harness.Commands;
import dev.sonde.bench.harness.Figure;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * Records a program under the oldest kernel that is supported, without hardware's help: that the verifier takes the
 * sampler there, and that stacks reach their root.
 */
public final class OldKernelBenchmark implements Benchmark {

    private static final String VERSION = "6.1";

    private static final Duration LIMIT = Duration.ofMinutes(10);

    private static final Pattern RELEASE = Pattern.compile("kernel (\\S+)");
    private static final Pattern RECORDED = Pattern.compile("(\\d+) samples in .* ([0-9.]+) % of stacks complete(.*)");

    @Override
    public List<Figure> run(BenchContext context) throws IOException, InterruptedException {
        String name = "Linux " + VERSION + ", stacks complete";
        List<String> missing = VirtualMachine.missing();
        if (!missing.isEmpty()) {
            return List.of(new Figure(
                    name,
                    "-",
                    "",
                    "skipped: no " + String.join(", ", missing) + "; packages qemu-system-x86 and busybox-static"));
        }
        String kernel = KernelPackage.newest(context.scratch(), VERSION).orElse(null);
        if (kernel == null) {
            return List.of(new Figure(name, "-", "", "skipped: no package linux-image-" + VERSION + ".0-N-amd64"));
        }
        context.log().println("downloading " + kernel);
        VirtualMachine machine = new VirtualMachine(context.scratch(), KernelPackage.fetch(context.scratch(), kernel));
        context.log().println("starting it");
        String console = machine.run(command(context), LIMIT);
        Matcher release = RELEASE.matcher(console);
        Matcher recorded = RECORDED.matcher(console);
        if (!release.find() || !recorded.find()) {
            throw new IOException("nothing was recorded under " + kernel + ":\n" + console);
        }
        return List.of(Figure.of(
                name,
                Double.parseDouble(recorded.group(2)),
                1,
                "%",
                "of " + recorded.group(1) + " samples, " + release.group(1) + " emulated; goal >= 98: a program's first"
                        + " samples come before its table; " + recorded.group(3).strip()));
    }

    private static String command(BenchContext context) throws IOException, InterruptedException {
        Path source = context.scratch().resolve("alloca.c");
        try (InputStream in = OldKernelBenchmark.class.getResourceAsStream("/dev/sonde/bench/mix/alloca.c")) {
            Files.copy(in, source);
        }
        Path program = context.scratch().resolve("alloca");
        Commands.output(
                context.scratch(),
                List.of("cc", "-O2", "-fomit-frame-pointer", "-o", program.toString(), source.toString()));
        String java = ProcessHandle.current().info().command().orElse("java");
        return "cd /run && " + java
                + " --enable-native-access=ALL-UNNAMED --sun-misc-unsafe-memory-access=allow -XX:-UsePerfData"
                + " -Djava.io.tmpdir=/run -XX:TieredStopAtLevel=1 -cp '" + System.getProperty("java.class.path") + "'"
                + " dev.sonde.agent.cli.Main record -d 15s --hz 99 -o /run/x.collapsed -- " + program + " 2>&1";
    }
}
