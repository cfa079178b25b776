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
        Map<String, List<String>> labels = new TreeMap<>();
        for (int i = 10; i < 26; i++) {
            labels.put("l" + i, MANY);
        }
        assertThat(LabelsResource.cutNames(labels)).startsWith("l10,").endsWith(",l25");
        labels.put("l26", MANY);
        assertThat(LabelsResource.cutNames(labels)).endsWith(",l25,...");
    }
}
