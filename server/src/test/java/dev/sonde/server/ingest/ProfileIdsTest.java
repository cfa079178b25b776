package dev.sonde.server.ingest;

import static org.assertj.core.api.Assertions.assertThat;

import dev.sonde.server.store.NewProfile;
import java.util.Map;
import java.util.TreeMap;
import org.junit.jupiter.api.Test;

final class ProfileIdsTest {

    private static NewProfile.Id id(Map<String, String> labels, byte... bytes) {
        return ProfileIds.of(new TreeMap<>(labels), bytes);
    }

    @Test
    void labelsAndBytesMakeIt() {
        NewProfile.Id id = id(Map.of("a", "1", "b", "2"), (byte) 1);
        assertThat(id(Map.of("b", "2", "a", "1"), (byte) 1)).isEqualTo(id);
        assertThat(id(Map.of("a", "1", "b", "2"), (byte) 2)).isNotEqualTo(id);
        assertThat(id(Map.of("a", "1"), (byte) 1)).isNotEqualTo(id);
        assertThat(id(Map.of("a", "1b", "", "2"), (byte) 1)).isNotEqualTo(id);
        assertThat(id(Map.of("a1", "", "b", "2"), (byte) 1)).isNotEqualTo(id);
    }

    @Test
    void bytesDoNotPassForLabels() {
        // Length 1, 'a', length 1, '1': what the label a=1 puts in front.
        byte[] likeALabel = {0, 0, 0, 1, 'a', 0, 0, 0, 1, '1', -1, -1, -1, -1, 7};
        assertThat(id(Map.of(), likeALabel)).isNotEqualTo(id(Map.of("a", "1"), (byte) 7));
    }

    @Test
    void itIsTheSameInEveryVersion() {
        // Stored ids are compared with those of later versions: printf of the same bytes into sha256sum.
        assertThat(id(Map.of(), new byte[0])).isEqualTo(new NewProfile.Id(0xad95131bc0b799c0L, 0xb1af477fb14fcf26L));
    }
}
