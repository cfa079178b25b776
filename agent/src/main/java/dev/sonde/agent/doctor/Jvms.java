package dev.sonde.agent.doctor;

import java.io.BufferedReader;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/** The JVMs that run here, by their mapping of libjvm.so; their version from the file {@code release} of their JDK. */
final class Jvms {
    private static final String NAME = "JVMs";
    private static final String LIBRARY = "/libjvm.so";

    /** Named in the report; the others are counted. */
    private static final int MAX_NAMED = 20;

    /** Lines of one process's mappings that are looked at: vm.max_map_count is 65,530. */
    private static final int MAX_LINES = 1 << 17;

    /** Folders between libjvm.so and the JDK's: lib/server, in JDK 8 jre/lib/amd64/server. */
    private static final int MAX_DEPTH = 5;

    /** Of a file that the JVM's owner may have written. */
    private static final int MAX_RELEASE_BYTES = 64 << 10;

    private static final int MAX_VERSION_CHARS = 40;

    private Jvms() {}

    static Check check(Path proc) {
        List<String> found = new ArrayList<>();
        int unreadable = 0;
        try (DirectoryStream<Path> processes = Files.newDirectoryStream(proc, "[0-9]*")) {
            for (Path process : processes) {
                try {
                    String library = library(process);
                    if (!library.isEmpty()) {
                        found.add(process.getFileName() + " " + version(process, library));
                    }
                } catch (IOException e) {
                    unreadable += Files.exists(process) ? 1 : 0;
                }
            }
        } catch (IOException e) {
            return Check.warn(NAME, "unknown: " + e.getMessage(), "");
        }
        String detail =
                found.isEmpty() ? "none" : String.join(", ", found.subList(0, Math.min(found.size(), MAX_NAMED)));
        if (found.size() > MAX_NAMED) {
            detail += " and " + (found.size() - MAX_NAMED) + " more";
        }
        // Without rights that is most of them, which the check of the rights says; some protect themselves from root.
        return Check.ok(NAME, unreadable == 0 ? detail : detail + "; " + unreadable + " processes cannot be read");
    }

    /** The path of libjvm.so as the process sees it; empty when it has none. */
    private static String library(Path process) throws IOException {
        try (BufferedReader lines = Files.newBufferedReader(process.resolve("maps"), StandardCharsets.ISO_8859_1)) {
            int count = 0;
            for (String line = lines.readLine(); line != null && count < MAX_LINES; line = lines.readLine()) {
                int path = line.indexOf('/');
                int end = line.endsWith(" (deleted)") ? line.length() - " (deleted)".length() : line.length();
                if (path >= 0 && line.startsWith(LIBRARY, end - LIBRARY.length())) {
                    return line.substring(path, end);
                }
                count++;
            }
        }
        return "";
    }

    private static String version(Path process, String library) {
        // Byte for byte as in maps: a path need not be UTF-8, but a JDK's is.
        Path folder = Path.of(process + "/root" + library).getParent();
        for (int i = 0; i < MAX_DEPTH && folder != null; i++, folder = folder.getParent()) {
            Path release = folder.resolve("release");
            if (Files.isRegularFile(release)) {
                return readVersion(release);
            }
        }
        return "of unknown version";
    }

    private static String readVersion(Path release) {
        try (var in = Files.newInputStream(release)) {
            String text = new String(in.readNBytes(MAX_RELEASE_BYTES), StandardCharsets.UTF_8);
            for (String line : text.lines().toList()) {
                if (line.startsWith("JAVA_VERSION=")) {
                    return "JDK " + plain(line.substring("JAVA_VERSION=".length()));
                }
            }
        } catch (IOException e) {
            return "of unknown version";
        }
        return "of unknown version";
    }

    /** What a version consists of, and nothing that could steer a terminal. */
    private static String plain(String text) {
        StringBuilder version = new StringBuilder();
        for (int i = 0; i < text.length() && version.length() < MAX_VERSION_CHARS; i++) {
            char c = text.charAt(i);
            if ((c >= '0' && c <= '9') || (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || "._+-".indexOf(c) >= 0) {
                version.append(c);
            }
        }
        return version.toString();
    }
}
