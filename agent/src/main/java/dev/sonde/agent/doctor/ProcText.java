package dev.sonde.agent.doctor;

import java.io.BufferedReader;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;

/** Small texts of the process file system. */
final class ProcText {
    private ProcText() {}

    /** The value of a line {@code key:<tab>value} of a status file; empty without such a line. */
    static String status(Path file, String key) throws IOException {
        try (BufferedReader lines = Files.newBufferedReader(file, StandardCharsets.ISO_8859_1)) {
            for (String line = lines.readLine(); line != null; line = lines.readLine()) {
                if (line.startsWith(key) && line.startsWith(":", key.length())) {
                    return line.substring(key.length() + 1).strip();
                }
            }
        }
        return "";
    }
}
