package dev.sonde.agent.record;

import dev.sonde.pprof.PprofWriter;
import dev.sonde.pprof.Profile;
import java.io.IOException;
import java.nio.file.AtomicMoveNotSupportedException;
import java.nio.file.Files;
import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;

/**
 * The file that a recording goes to.
 *
 * @param path where it will lie
 * @param format what it will hold
 */
public record OutputFile(Path path, Format format) {

    /** What a recording can be written as, by the file's ending. */
    public enum Format {
        /** Gzipped pprof. */
        PPROF,
        /** A line a stack: {@code root;...;leaf samples}. */
        COLLAPSED
    }

    /**
     * Chooses the format by the ending.
     *
     * @throws IllegalArgumentException for another ending, or a path in no directory
     */
    public static OutputFile parse(String text) {
        Path path;
        try {
            path = Path.of(text).toAbsolutePath();
        } catch (InvalidPathException e) {
            throw new IllegalArgumentException("'" + text + "' (expected: a path)", e);
        }
        Path directory = path.getParent();
        if (directory == null || !Files.isDirectory(directory)) {
            throw new IllegalArgumentException("'" + text + "' (expected: in a directory that exists)");
        }
        if (Files.isDirectory(path)) {
            throw new IllegalArgumentException("'" + text + "' is a directory (expected: a file)");
        }
        return new OutputFile(path, format(text));
    }

    private static Format format(String text) {
        if (text.endsWith(".pb.gz")) {
            return Format.PPROF;
        }
        if (text.endsWith(".collapsed")) {
            return Format.COLLAPSED;
        }
        String later = text.endsWith(".html") ? "; flame graphs as .html are not there yet" : "";
        throw new IllegalArgumentException("'" + text + "' (expected: FILE.pb.gz or FILE.collapsed" + later + ")");
    }

    /** Writes the file as a whole: until it is whole, the path has what it had before. */
    public void write(Profile profile) throws IOException {
        Path temporary = path.resolveSibling(
                "." + path.getFileName() + "." + ProcessHandle.current().pid() + ".tmp");
        try {
            switch (format) {
                case PPROF -> Files.write(temporary, PprofWriter.write(profile));
                case COLLAPSED -> Files.writeString(temporary, CollapsedWriter.write(profile));
            }
            move(temporary);
        } finally {
            Files.deleteIfExists(temporary);
        }
    }

    private void move(Path temporary) throws IOException {
        try {
            Files.move(temporary, path, StandardCopyOption.ATOMIC_MOVE);
        } catch (AtomicMoveNotSupportedException e) {
            Files.move(temporary, path, StandardCopyOption.REPLACE_EXISTING);
        }
    }
}
