package dev.sonde.server.web;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.junit.jupiter.api.Test;

class LabelsResourceTest {

    private static final List<String> MANY = Collections.nCopies(LabelsResource.MAX_VALUES + 1, "v");

    @Test
    void whatIsCutIsNamedAndNeverSilently() {
        assertThat(LabelsResource.cutNames(Map.of("a", List.of("v")))).isEmpty();
        Map<String, List<String>> labels = new TreeMap<>(Map.of("a,b", MANY, "c \n\u00e9", MANY, "d", List.of("v")));
        assertThat(LabelsResource.cutNames(labels)).isEqualTo("a%2Cb,c%20%0A%C3%A9");
        for (int i = 100; i < 900; i++) {
            labels.put("l" + i, MANY);
        }
        assertThat(LabelsResource.cutNames(labels))
                .startsWith("a%2Cb,")
                .endsWith(",...")
                .hasSizeLessThan(2100);
    }
}
