package dev.sonde.server.cli;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.net.InetSocketAddress;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import picocli.CommandLine.TypeConversionException;

final class ListenAddressTest {

    private static InetSocketAddress read(String text) {
        return new ListenAddress().convert(text);
    }

    @Test
    void hostsAndPorts() {
        assertThat(read("127.0.0.1:7070").getPort()).isEqualTo(7070);
        assertThat(read("127.0.0.1:7070").getAddress().isLoopbackAddress()).isTrue();
        assertThat(read("[::1]:80").getAddress().isLoopbackAddress()).isTrue();
        assertThat(read("localhost:0").getAddress().isLoopbackAddress()).isTrue();
        assertThat(read(":7070").getAddress().isAnyLocalAddress()).isTrue();
        assertThat(read("0.0.0.0:7070").getAddress().isAnyLocalAddress()).isTrue();
    }

    @ParameterizedTest
    @ValueSource(
            strings = {"", "7070", "localhost", "127.0.0.1:", "127.0.0.1:x", "127.0.0.1:65536", "127.0.0.1:-1", "::1:80"
            })
    void othersAreRefusedInWords(String text) {
        assertThatThrownBy(() -> read(text))
                .isInstanceOf(TypeConversionException.class)
                .hasMessageContaining("'" + text + "'")
                .hasMessageContaining("expected");
    }
}
