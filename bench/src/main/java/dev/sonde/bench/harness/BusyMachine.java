package dev.sonde.bench.harness;

import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/** Keeps every CPU busy with the program of known shares, until closed. */
public final class BusyMachine implements AutoCloseable {

    private final List<Process> processes = new ArrayList<>();

    /** Starts one process for each CPU; each ends by itself after {@code seconds}, should this one die. */
    public BusyMachine(Path scratch, int seconds) throws IOException, InterruptedException {
        Path program = CProgram.compile(scratch, "shares");
        for (int cpu = 0; cpu < Runtime.getRuntime().availableProcessors(); cpu++) {
            processes.add(new ProcessBuilder(program.toString(), Integer.toString(seconds)).start());
        }
    }

    @Override
    public void close() {
        processes.forEach(Process::destroy);
    }
}
