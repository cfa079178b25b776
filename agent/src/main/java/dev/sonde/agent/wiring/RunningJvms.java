package dev.sonde.agent.wiring;

import dev.sonde.agent.jvm.JvmProcesses;
import dev.sonde.agent.kernel.CodeRequests;
import dev.sonde.agent.process.ProcessInfo;
import dev.sonde.agent.process.ProcessTable;
import java.io.IOException;
import java.nio.file.DirectoryIteratorException;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Has the JVMs read that run before sampling begins, so that their first stacks are whole. */
public final class RunningJvms {

    private static final Logger LOG = LoggerFactory.getLogger(RunningJvms.class);

    private static final Path PROC = Path.of("/proc");

    /** Sampling begins after so long, with those that are read: one takes some tenths of a second. */
    private static final Duration START = Duration.ofSeconds(10);

    private RunningJvms() {}

    /** Those of this machine. On the thread that takes samples in later, before it does. */
    public static void read(JvmProcesses jvms, ProcessTable processes, CodeRequests requests) {
        read(jvms, processes, requests, pids());
    }

    /** Those of some processes. */
    public static void read(JvmProcesses jvms, ProcessTable processes, CodeRequests requests, List<Integer> pids) {
        long start = System.nanoTime();
        for (int pid : pids) {
            requests.listProcess(pid).ifPresent(code -> {
                ProcessInfo process = processes.lookup(pid, code.processStartNanos(), 0, 0, () -> "");
                if (!process.excluded()) {
                    jvms.of(process, code.processStartNanos());
                }
            });
            if (System.nanoTime() - start >= START.toNanos()) {
                break;
            }
        }
        try {
            jvms.awaitRead(START.minusNanos(System.nanoTime() - start));
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
        LOG.info(
                "{} JVMs of {} processes in {} ms",
                jvms.report().size(),
                pids.size(),
                (System.nanoTime() - start) / 1_000_000);
    }

    private static List<Integer> pids() {
        List<Integer> pids = new ArrayList<>();
        try (DirectoryStream<Path> all = Files.newDirectoryStream(PROC, "[0-9]*")) {
            for (Path each : all) {
                pids.add(Integer.valueOf(each.getFileName().toString()));
            }
        } catch (IOException | DirectoryIteratorException | NumberFormatException e) {
            LOG.debug("the running processes are not all listed", e);
        }
        return pids;
    }
}
