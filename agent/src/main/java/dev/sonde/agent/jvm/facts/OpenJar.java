package dev.sonde.agent.jvm.facts;

import java.io.IOException;
import java.io.InputStream;
import java.nio.file.DirectoryIteratorException;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import java.util.Optional;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;

/**
 * The jar that a process runs, read by the descriptor that the process itself has open: no path of another mount
 * namespace is followed, no link of a hostile one. A file system that does not answer holds up a thread of its own, and
 * no jar is read until it answers.
 */
final class OpenJar {

    /** The launcher opens the jar before any class of it runs, among the first of all files. */
    private static final int MAX_DESCRIPTORS = 1024;

    private static final long PATIENCE_MILLIS = 500;

    private final Path proc;
    private final ExecutorService thread = Executors.newSingleThreadExecutor(
            Thread.ofPlatform().name("sonde-jars").daemon().factory());
    private Future<Optional<JarManifest>> reading;

    /** @param proc where procfs is mounted */
    OpenJar(Path proc) {
        this.proc = proc;
    }

    /**
     * The manifest of the open file whose path ends as the jar's does.
     *
     * @param pid a thread of the process that has not ended
     * @param jarPath as the launcher was told it, maybe relative to the process's folder
     */
    Optional<JarManifest> manifest(int pid, String jarPath) {
        if (reading != null && !reading.isDone()) {
            return Optional.empty();
        }
        reading = thread.submit(() -> read(pid, jarPath));
        try {
            return reading.get(PATIENCE_MILLIS, TimeUnit.MILLISECONDS);
        } catch (ExecutionException | TimeoutException e) {
            return Optional.empty();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            return Optional.empty();
        }
    }

    private Optional<JarManifest> read(int pid, String jarPath) throws IOException {
        Path descriptors = proc.resolve(Integer.toString(pid)).resolve("fd");
        String end = jarPath.substring(jarPath.lastIndexOf('/') + 1);
        try (DirectoryStream<Path> all = Files.newDirectoryStream(descriptors)) {
            int count = 0;
            for (Path descriptor : all) {
                if (count++ >= MAX_DESCRIPTORS) {
                    break;
                }
                // Opening what is no regular file may wait for ever, or do something.
                if (link(descriptor).endsWith("/" + end) && Files.isRegularFile(descriptor)) {
                    try (InputStream in = Files.newInputStream(descriptor)) {
                        return JarManifest.read(in);
                    }
                }
            }
        } catch (DirectoryIteratorException e) {
            throw e.getCause();
        }
        return Optional.empty();
    }

    private static String link(Path descriptor) {
        try {
            return Files.readSymbolicLink(descriptor).toString();
        } catch (IOException | InvalidPathException e) {
            return "";
        }
    }
}
