package dev.sonde.agent.process;

import static org.assertj.core.api.Assertions.assertThat;

import dev.sonde.agent.label.EnvironmentLabels;
import java.nio.charset.StandardCharsets;
import java.util.Map;
import net.jqwik.api.Example;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;

class ProcessStringsTest {

    private static byte[] bytes(String text) {
        return text.getBytes(StandardCharsets.UTF_8);
    }

    @Example
    void argumentsEmptyOnesToo() {
        assertThat(ProcessStrings.commandLine(bytes("a\0\0b c\0"))).containsExactly("a", "", "b c");
        assertThat(ProcessStrings.commandLine(bytes("nginx: worker\0\0\0\0"))).containsExactly("nginx: worker");
        assertThat(ProcessStrings.commandLine(bytes("not ended"))).containsExactly("not ended");
        assertThat(ProcessStrings.commandLine(bytes(""))).isEmpty();
    }

    @Example
    void argumentsAreBounded() {
        assertThat(ProcessStrings.commandLine(bytes("x".repeat(5000) + "\0Main\0")))
                .containsExactly("x".repeat(1024), "Main");
        assertThat(ProcessStrings.commandLine(bytes("x\0".repeat(5000)))).hasSize(1024);
    }

    @Example
    void onlyTheVariablesForLabelsAreKept() {
        assertThat(
                        ProcessStrings.environment(
                                bytes(
                                        "PATH=/bin\0SONDE_SERVICE=a\0SECRET=x\0SONDE_SERVICE=b\0XSONDE_VERSION=1\0OTEL_SERVICE_NAME=c=d\0SONDE_TOKEN=y\0\0=\0SONDE_VERSION")))
                .isEqualTo(Map.of("SONDE_SERVICE", "a", "OTEL_SERVICE_NAME", "c=d"));
    }

    @Property
    void anyBytesAreRead(@ForAll byte[] bytes) {
        assertThat(EnvironmentLabels.VARIABLES)
                .containsAll(ProcessStrings.environment(bytes).keySet());
        assertThat(ProcessStrings.commandLine(bytes)).hasSizeLessThanOrEqualTo(1024);
    }
}
