package dev.sonde.bench.unwind;

import com.sun.management.ThreadMXBean;
import dev.sonde.bench.harness.BenchContext;
import dev.sonde.bench.harness.Benchmark;
import dev.sonde.bench.harness.Figure;
import dev.sonde.symbolizer.cfi.FrameProblems;
import dev.sonde.symbolizer.cfi.TableLayout;
import dev.sonde.symbolizer.cfi.UnwindTable;
import dev.sonde.symbolizer.cfi.UnwindTableCache;
import dev.sonde.symbolizer.elf.ElfException;
import dev.sonde.symbolizer.elf.ElfFile;
import java.io.IOException;
import java.lang.management.ManagementFactory;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collection;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Stream;

/** Size of unwind tables and time to build them: usual files of this machine, and its largest ones. */
public final class UnwindTablesBenchmark implements Benchmark {

    private static final long ROOM_BYTES = 1L << 30;
    private static final int LARGEST = 4;
    private static final int RUNS = 5;

    private static final List<Path> FOLDERS = List.of(Path.of("/usr/lib"), Path.of("/usr/bin"), Path.of("/opt"));

    @Override
    public List<Figure> run(BenchContext context) throws IOException {
        List<Figure> figures = new ArrayList<>();
        int number = 0;
        for (Path file : files()) {
            context.log().println(file);
            try {
                figures.addAll(measure(file, context.scratch().resolve("tables-" + number++)));
            } catch (ElfException e) {
                figures.add(new Figure(file.getFileName().toString(), "none", "", e.getMessage()));
            }
        }
        return figures;
    }

    private static List<Figure> measure(Path path, Path folder) throws IOException {
        String name = path.getFileName() + ": ";
        ThreadMXBean threads = (ThreadMXBean) ManagementFactory.getThreadMXBean();
        double[] build = new double[RUNS];
        double[] reopen = new double[RUNS];
        long allocated = 0;
        try (ElfFile file = ElfFile.open(path)) {
            for (int i = 0; i < RUNS; i++) {
                UnwindTableCache cache = new UnwindTableCache(folder.resolve(Integer.toString(i)), ROOM_BYTES);
                long before = threads.getCurrentThreadAllocatedBytes();
                build[i] = milliseconds(cache, file);
                allocated = threads.getCurrentThreadAllocatedBytes() - before;
                reopen[i] = milliseconds(cache, file);
            }
            try (UnwindTable table = new UnwindTableCache(folder.resolve("0"), ROOM_BYTES).table(file)) {
                TableLayout layout = table.layout();
                return List.of(
                        Figure.of(name + "file", Files.size(path) >> 20, "MiB", ""),
                        Figure.of(name + "rows", layout.rows(), "", layout.rules() + " rules"),
                        Figure.of(
                                name + "table",
                                layout.blockBytes() >> 10,
                                "KiB",
                                (1 << layout.pageShift()) + " B pages"),
                        Figure.of(name + "a row", (double) layout.blockBytes() / layout.rows(), 2, "B", "goal <= 8"),
                        Figure.of(name + "build, first", build[0], 0, "ms", ""),
                        Figure.of(name + "build, best", best(build), 0, "ms", ""),
                        Figure.of(name + "open again, best", best(reopen), 1, "ms", ""),
                        Figure.of(name + "allocated by a build", (double) allocated / (1 << 20), 1, "MiB", ""),
                        Figure.of(name + "not expressible or broken", problems(table), "", ""));
            }
        }
    }

    private static double milliseconds(UnwindTableCache cache, ElfFile file) throws IOException {
        long start = System.nanoTime();
        cache.table(file).close();
        return (System.nanoTime() - start) / 1e6;
    }

    private static double best(double[] milliseconds) {
        double best = milliseconds[0];
        for (double each : milliseconds) {
            best = Math.min(best, each);
        }
        return best;
    }

    private static long problems(UnwindTable table) {
        return table.problems().entries().stream()
                .mapToLong(FrameProblems.Entry::count)
                .sum();
    }

    private static Collection<Path> files() throws IOException {
        Set<Path> files = new LinkedHashSet<>();
        Path libraries = Path.of("/usr/lib/x86_64-linux-gnu");
        for (Path wanted : List.of(
                libraries.resolve("libc.so.6"),
                libraries.resolve("libstdc++.so.6"),
                libraries.resolve("libcrypto.so.3"),
                Path.of("/usr/bin/python3"),
                Path.of("/usr/bin/node"),
                Path.of(System.getProperty("java.home"), "lib/server/libjvm.so"),
                libraries.resolve("libLLVM-15.so.1"))) {
            if (Files.isRegularFile(wanted)) {
                files.add(wanted.toRealPath());
            }
        }
        files.addAll(largest());
        return files;
    }

    /** The largest ELF files of the usual folders. */
    private static List<Path> largest() throws IOException {
        List<Sized> all = new ArrayList<>();
        for (Path folder : FOLDERS) {
            if (Files.isDirectory(folder)) {
                try (Stream<Path> paths = Files.walk(folder)) {
                    paths.filter(Files::isRegularFile)
                            .filter(path -> !Files.isSymbolicLink(path))
                            .map(UnwindTablesBenchmark::sized)
                            .flatMap(Optional::stream)
                            .forEach(all::add);
                }
            }
        }
        all.sort((a, b) -> Long.compare(b.bytes(), a.bytes()));
        return all.stream()
                .map(Sized::path)
                .filter(UnwindTablesBenchmark::isElf)
                .limit(LARGEST)
                .toList();
    }

    private record Sized(Path path, long bytes) {}

    private static Optional<Sized> sized(Path path) {
        try {
            return Optional.of(new Sized(path, Files.size(path)));
        } catch (IOException e) {
            // It went, or may not be looked at.
            return Optional.empty();
        }
    }

    private static boolean isElf(Path path) {
        try (ElfFile file = ElfFile.open(path)) {
            return file.loadSegments().stream().anyMatch(segment -> segment.executable());
        } catch (IOException e) {
            return false;
        }
    }
}
