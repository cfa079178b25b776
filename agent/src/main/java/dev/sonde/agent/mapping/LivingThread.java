package dev.sonde.agent.mapping;

import java.io.FileInputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.DirectoryIteratorException;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.OptionalInt;

/**
 * Finds the thread by which a process can be read. A process whose first thread called pthread_exit(3) runs on, but
 * {@code /proc/PID} is that of a zombie, without memory, program and root; {@code /proc/TID} of another thread has them
 * (proc_tid(5)).
 */
public final class LivingThread {

    /** State and name are in the first bytes of {@code stat}; a name has at most 64. */
    private static final int STAT_BYTES = 256;

    private LivingThread() {}

    /**
     * The process's first thread, or another where that one has ended; empty when no thread is left.
     *
     * @param proc where procfs is mounted
     */
    public static OptionalInt of(Path proc, int pid) {
        Path process = proc.resolve(Integer.toString(pid));
        if (isAlive(process)) {
            return OptionalInt.of(pid);
        }
        try (DirectoryStream<Path> threads = Files.newDirectoryStream(process.resolve("task"), "[0-9]*")) {
            for (Path thread : threads) {
                if (isAlive(thread)) {
                    return OptionalInt.of(Integer.parseInt(thread.getFileName().toString()));
                }
            }
        } catch (IOException | DirectoryIteratorException | NumberFormatException e) {
            // Gone meanwhile.
        }
        return OptionalInt.empty();
    }

    /** The state follows the name, which ends with the last parenthesis (proc_pid_stat(5)). */
    private static boolean isAlive(Path task) {
        try (FileInputStream in = new FileInputStream(task.resolve("stat").toFile())) {
            String stat = new String(in.readNBytes(STAT_BYTES), StandardCharsets.ISO_8859_1);
            int state = stat.lastIndexOf(')') + 2;
            return state >= 2 && state < stat.length() && stat.charAt(state) != 'Z' && stat.charAt(state) != 'X';
        } catch (IOException e) {
            return false;
        }
    }
}
