package dev.sonde.bench.harness;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;

/** The kernel's counting of BPF programs' run time (kernel.bpf_stats_enabled), on as long as this is open. */
public final class BpfStatistics implements AutoCloseable {

    private static final Path SWITCH = Path.of("/proc/sys/kernel/bpf_stats_enabled");

    private final String before;

    /** It cannot be switched on here. */
    public static final class NotAllowedException extends IOException {
        private static final long serialVersionUID = 1L;

        NotAllowedException(IOException cause) {
            super(SWITCH + " cannot be written", cause);
        }
    }

    private BpfStatistics(String before) {
        this.before = before;
    }

    /** Switches it on. */
    public static BpfStatistics on() throws IOException {
        String before = Files.readString(SWITCH);
        try {
            Files.writeString(SWITCH, "1");
        } catch (IOException e) {
            throw new NotAllowedException(e);
        }
        return new BpfStatistics(before);
    }

    @Override
    public void close() throws IOException {
        Files.writeString(SWITCH, before);
    }
}
