package dev.sonde.agent.jvm.facts;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Random;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import org.junit.jupiter.api.Test;

class PerfDataTest {

    /** This JVM's own, which is the target's memory for others. */
    private static byte[] ofThisProcess() {
        try {
            for (String line : Files.readAllLines(Path.of("/proc/self/maps"))) {
                if (line.contains("/hsperfdata_")) {
                    return Files.readAllBytes(Path.of(line.substring(line.indexOf('/'))));
                }
            }
        } catch (IOException e) {
            throw new java.io.UncheckedIOException(e);
        }
        throw new AssertionError("this JVM has no performance data");
    }

    private final byte[] real = ofThisProcess();

    @Test
    void thisJvm() {
        PerfData data = PerfData.parse(real);
        assertThat(data.isComplete()).isTrue();
        assertThat(data.text(PerfData.VM_VERSION)).isEqualTo(System.getProperty("java.vm.version"));
        assertThat(data.text(PerfData.VM_VENDOR)).isEqualTo(System.getProperty("java.vm.vendor"));
        assertThat(data.text(PerfData.VM_NAME)).isEqualTo(System.getProperty("java.vm.name"));
        assertThat(data.unloadedClassesOffset()).isPositive().isLessThan(real.length);
    }

    @Test
    void whatIsNoPerformanceDataTellsNothing() {
        assertThat(PerfData.parse(new byte[0]).isComplete()).isFalse();
        assertThat(PerfData.parse(new byte[4096]).isComplete()).isFalse();
        byte[] otherVersion = real.clone();
        otherVersion[5] = 3;
        assertThat(PerfData.parse(otherVersion).isComplete()).isFalse();
    }

    /** Cut anywhere, damaged anywhere: it ends, and yields nothing that lies outside. */
    @Property(tries = 500)
    void damagedDataIsReadWithoutError(@ForAll long seed) {
        Random random = new Random(seed);
        byte[] bytes = java.util.Arrays.copyOf(real, random.nextInt(real.length + 1));
        for (int i = random.nextInt(200); i > 0 && bytes.length > 0; i--) {
            bytes[random.nextInt(bytes.length)] = (byte) random.nextInt();
        }
        PerfData data = PerfData.parse(bytes);
        assertThat(data.unloadedClassesOffset()).isLessThanOrEqualTo(Math.max(-1, bytes.length - Long.BYTES));
        assertThat(data.text(PerfData.COMMAND).length()).isLessThanOrEqualTo(1024);
    }
}
