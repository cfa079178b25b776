package dev.sonde.server.query;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonGenerator;
import java.io.IOException;
import java.io.OutputStream;
import java.util.List;

/** A flame graph as {@code GET /api/v1/flame} gives it: the columns of {@link FlameColumns} as arrays. */
public final class FlameJson {

    private static final JsonFactory JSON = new JsonFactory();

    private FlameJson() {}

    /** Writes the graph; {@code total_value} is the sum of all, {@code total} the column. Leaves the stream open. */
    public static void write(FlameColumns flame, OutputStream out) throws IOException {
        try (JsonGenerator json = JSON.createGenerator(out).disable(JsonGenerator.Feature.AUTO_CLOSE_TARGET)) {
            json.writeStartObject();
            json.writeStringField("unit", flame.unit());
            json.writeNumberField("total_value", flame.totalValue());
            strings(json, "names", flame.names());
            strings(json, "files", flame.files());
            strings(json, "mappings", flame.mappings());
            ints(json, "name", flame.name());
            ints(json, "file", flame.file());
            ints(json, "mapping", flame.mapping());
            strings(json, "kind", List.of(flame.kind()));
            json.writeArrayFieldStart("inlined");
            for (boolean inlined : flame.inlined()) {
                json.writeBoolean(inlined);
            }
            json.writeEndArray();
            ints(json, "parent", flame.parent());
            longs(json, "self", flame.self());
            longs(json, "total", flame.total());
            json.writeEndObject();
        }
    }

    private static void strings(JsonGenerator json, String field, List<String> values) throws IOException {
        json.writeArrayFieldStart(field);
        for (String value : values) {
            json.writeString(value);
        }
        json.writeEndArray();
    }

    private static void ints(JsonGenerator json, String field, int[] values) throws IOException {
        json.writeFieldName(field);
        json.writeArray(values, 0, values.length);
    }

    private static void longs(JsonGenerator json, String field, long[] values) throws IOException {
        json.writeFieldName(field);
        json.writeArray(values, 0, values.length);
    }
}
