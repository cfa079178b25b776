package dev.sonde.server.ingest;

import dev.sonde.model.Labels;
import dev.sonde.server.ingest.IngestException.Reason;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/**
 * The labels of a series, checked.
 *
 * @param name value of {@code __name__}, empty where there was none
 * @param series the labels that make the series. Others that begin with two underscores are left out: they are notes of
 *     the sender to itself, by Prometheus' convention.
 * @param sent all of them, sorted, as they go into the profile's id
 */
record SeriesLabels(String name, Labels series, Map<String, String> sent) {

    /** The label that names the profile type. */
    private static final String NAME = "__name__";

    private static final String INTERNAL_PREFIX = "__";

    /** Names are written by people; the bound keeps series small. */
    private static final int MAX_NAME_LENGTH = 128;

    static SeriesLabels check(List<IncomingProfile.Label> labels, int maxLabels) throws IngestException {
        if (labels.size() > maxLabels) {
            throw new IngestException(Reason.LABEL, labels.size() + " labels (expected: at most " + maxLabels + ")");
        }
        Map<String, String> sent = new TreeMap<>();
        for (IncomingProfile.Label label : labels) {
            checkName(label.name());
            checkValue(label.name(), label.value());
            if (sent.put(label.name(), label.value()) != null) {
                throw new IngestException(Reason.LABEL, "label " + label.name() + ": given twice (expected: once)");
            }
        }
        Map<String, String> series = new TreeMap<>(sent);
        series.keySet().removeIf(name -> name.startsWith(INTERNAL_PREFIX));
        return new SeriesLabels(sent.getOrDefault(NAME, ""), Labels.of(series), sent);
    }

    private static void checkName(String name) throws IngestException {
        if (name.length() > MAX_NAME_LENGTH || !Labels.isValidName(name)) {
            throw new IngestException(
                    Reason.LABEL,
                    "label name: '" + Excerpt.of(name)
                            + "' (expected: letters, digits and _, not a digit first, at most " + MAX_NAME_LENGTH
                            + " characters)");
        }
    }

    /** Checks the value of a series' or of a sample's label. */
    static void checkValue(String name, String value) throws IngestException {
        // No more bytes than characters times three, so that short values are not encoded just to be measured.
        if (value.length() * 3L > Labels.MAX_VALUE_BYTES) {
            int bytes = value.getBytes(StandardCharsets.UTF_8).length;
            if (bytes > Labels.MAX_VALUE_BYTES) {
                throw new IngestException(
                        Reason.LABEL,
                        "label " + Excerpt.of(name) + ": value of " + bytes + " bytes (expected: at most "
                                + Labels.MAX_VALUE_BYTES + ")");
            }
        }
        if (value.indexOf('\0') >= 0) {
            throw new IngestException(
                    Reason.LABEL, "label " + Excerpt.of(name) + ": value with a NUL character (expected: none)");
        }
    }
}
