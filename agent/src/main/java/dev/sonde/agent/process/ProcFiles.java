package dev.sonde.agent.process;

import java.io.FileInputStream;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.InvalidPathException;
import java.nio.file.Path;

/** Reads the files and links of one process under {@code /proc}, up to a bound. */
final class ProcFiles {

    private final Path directory;

    /**
     * @param proc where procfs is mounted
     */
    ProcFiles(Path proc, int pid) {
        directory = proc.resolve(Integer.toString(pid));
    }

    /**
     * The beginning of a file.
     *
     * @throws IOException when the process is gone or the file may not be read
     */
    byte[] read(String name, int maxBytes) throws IOException {
        try (FileInputStream in = new FileInputStream(directory.resolve(name).toFile())) {
            return in.readNBytes(maxBytes);
        }
    }

    /** The same; empty where it cannot be read. */
    byte[] readOrEmpty(String name, int maxBytes) {
        try {
            return read(name, maxBytes);
        } catch (IOException e) {
            return new byte[0];
        }
    }

    /** Where a link leads; empty where it cannot be read, as for the exe of a kernel thread or a zombie. */
    String linkOrEmpty(String name) {
        try {
            return Files.readSymbolicLink(directory.resolve(name)).toString();
        } catch (IOException | InvalidPathException e) {
            return "";
        }
    }
}
