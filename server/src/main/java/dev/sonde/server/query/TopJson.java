package dev.sonde.server.query;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonGenerator;
import java.io.IOException;
import java.io.OutputStream;

/** A table of functions as {@code GET /api/v1/top} gives it. */
public final class TopJson {

    private static final JsonFactory JSON = new JsonFactory();

    private TopJson() {}

    /** Writes {@code {"type","unit","total","functions":[{"name","file","mapping","kind","flat","cum"}],"omitted",...}}. */
    public static void write(TopFunctions top, OutputStream out) throws IOException {
        try (JsonGenerator json = JSON.createGenerator(out).disable(JsonGenerator.Feature.AUTO_CLOSE_TARGET)) {
            json.writeStartObject();
            json.writeStringField("type", top.type());
            json.writeStringField("unit", top.unit());
            json.writeNumberField("total", top.total());
            json.writeArrayFieldStart("functions");
            for (TopFunctions.Function function : top.functions()) {
                json.writeStartObject();
                json.writeStringField("name", function.name());
                json.writeStringField("file", function.file());
                json.writeStringField("mapping", function.mapping());
                json.writeStringField("kind", function.kind());
                json.writeNumberField("flat", function.flat());
                json.writeNumberField("cum", function.cum());
                json.writeEndObject();
            }
            json.writeEndArray();
            json.writeNumberField("omitted", top.omitted());
            json.writeNumberField("omitted_flat", top.omittedFlat());
            json.writeEndObject();
        }
    }
}
