package dev.sonde.bench.harness;

import dev.sonde.agent.jvm.layout.LibJvm;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;

/** HotSpot in a running process. */
public final class MappedJvm {

    private MappedJvm() {}

    /** By its name: the JDKs that are tried have it. Its first segment begins with the file, at address 0 (readelf -l). */
    public static LibJvm of(long pid) throws IOException {
        for (String line : Files.readAllLines(Path.of("/proc/" + pid + "/maps"), StandardCharsets.ISO_8859_1)) {
            String[] fields = line.split(" +", 6);
            if (line.endsWith("/libjvm.so") && Long.parseLong(fields[2], 16) == 0) {
                long start = Long.parseLong(fields[0], 0, fields[0].indexOf('-'), 16);
                return new LibJvm(Path.of(fields[5]), fields[5], start);
            }
        }
        throw new IOException("process " + pid + ": no libjvm.so (expected: a JVM)");
    }
}
