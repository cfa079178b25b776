package dev.sonde.server.cli.text;

import com.fasterxml.jackson.databind.JsonNode;
import java.io.PrintWriter;
import java.util.Map;

/** Labels, and under each its values. */
public final class LabelsText {

    private LabelsText() {}

    /** Prints an answer, under a line that says what was asked. */
    public static void print(JsonNode labels, String question, PrintWriter out) {
        out.println(Words.clean(question) + ":");
        if (labels.isEmpty()) {
            out.println("Nothing was counted there, or it has no labels.");
        }
        for (Map.Entry<String, JsonNode> label : labels.properties()) {
            out.println(Words.clean(label.getKey()));
            label.getValue().forEach(value -> out.println("  " + Words.clean(value.asText())));
        }
    }
}
