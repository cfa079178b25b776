package dev.sonde.server.ingest;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.sonde.model.ValueType;
import dev.sonde.pprof.PprofException;
import dev.sonde.pprof.PprofLimits;
import dev.sonde.pprof.PprofReader;
import dev.sonde.pprof.Profile;
import java.io.IOException;
import java.io.InputStream;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

final class ProfileTypesTest {

    private static final ValueType NONE = new ValueType("", "");

    private static Profile.Header header(ValueType... types) {
        return new Profile.Header(List.of(types), types.length - 1, NONE, 0, 1, 0, List.of());
    }

    @ParameterizedTest
    @CsvSource({
        "go-pprof/profile, cpu",
        "go-pprof/cpu-labels, cpu",
        "go-pprof/heap, live",
        "go-pprof/allocs, alloc",
        "go-pprof/block, lock",
        "go-pprof/mutex, lock",
        "go-pprof/goroutine, goroutine",
        "go-pprof/threadcreate, threadcreate",
        "node-pprof/time, wall",
        "node-pprof/heap, live"
    })
    void recordedProfilesWithoutAName(String file, String type) throws IOException, PprofException, IngestException {
        try (InputStream in = getClass().getResourceAsStream("/" + file + ".pb.gz")) {
            Profile profile = new PprofReader(PprofLimits.defaults()).read(in.readAllBytes());
            assertThat(ProfileTypes.of("", profile.header())).isEqualTo(type);
        }
    }

    @ParameterizedTest
    @CsvSource({
        "process_cpu, cpu",
        "parca_agent, cpu",
        "parca_agent_cpu, cpu",
        "cpu, cpu",
        "block, block",
        "memory, memory"
    })
    void namesOfOthers(String name, String type) throws IngestException {
        assertThat(ProfileTypes.of(name, header(new ValueType("delay", "nanoseconds"))))
                .isEqualTo(type);
    }

    @Test
    void aCpuValueDecidesWhateverTheName() throws IngestException {
        assertThat(ProfileTypes.of("memory", header(new ValueType("cpu", "nanoseconds"), new ValueType("x", "count"))))
                .isEqualTo("cpu");
    }

    @Test
    void whatIsNoNameIsRefused() {
        for (String name : List.of("a b", "1a", "x\"y", "é", "a".repeat(65))) {
            assertThatThrownBy(() -> ProfileTypes.of(name, header(NONE)))
                    .isInstanceOf(IngestException.class)
                    .hasMessageContaining("__name__")
                    .hasMessageContaining("(expected: ");
        }
        assertThatThrownBy(() -> ProfileTypes.of("", header(new ValueType("a b", "count"))))
                .hasMessageContaining("default sample type: 'a b'");
        assertThatThrownBy(() -> ProfileTypes.of("", header(NONE))).isInstanceOf(IngestException.class);
    }
}
