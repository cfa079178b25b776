package dev.sonde.server.cli.text;

import com.fasterxml.jackson.databind.JsonNode;
import java.io.PrintWriter;
import java.time.Instant;
import java.util.Locale;
import java.util.stream.Collectors;

/** Lines over time as a table: what each adds up to, its largest point, and its course. */
public final class SeriesText {

    /** Characters of a course: with the columns before it, it fits on a terminal of 120. */
    private static final int MAX_WIDTH = 60;

    private final JsonNode lines;
    private final long step;
    private long first = Long.MAX_VALUE;
    private long last = Long.MIN_VALUE;

    private SeriesText(JsonNode answer) {
        this.lines = answer.path("series");
        this.step = Math.max(1, answer.path("step_seconds").asLong());
        for (JsonNode line : lines) {
            for (JsonNode point : line.path("points")) {
                first = Math.min(first, point.get(0).asLong());
                last = Math.max(last, point.get(0).asLong());
            }
        }
    }

    /** Prints an answer, under a line that says what was asked. */
    public static void print(JsonNode answer, String question, Sparkline sparkline, PrintWriter out) {
        out.println(Words.clean(question) + ", " + answer.path("step_seconds").asLong() + " s a point:");
        if (answer.path("series").isEmpty()) {
            out.println("Nothing was counted there.");
            return;
        }
        new SeriesText(answer).print(answer.path("unit").asText(), sparkline, out);
    }

    private void print(String unit, Sparkline sparkline, PrintWriter out) {
        long largest = 0;
        for (JsonNode line : lines) {
            largest = Math.max(largest, total(line));
        }
        Quantity totals = Quantity.of(unit, largest);
        long perColumn = Math.ceilDiv((last - first) / step + 1, MAX_WIDTH) * step;
        int width = (int) ((last - first) / perColumn + 1);
        out.printf(Locale.ROOT, "%12s %12s  %-" + width + "s  %s%n", "total", "max", "course", "labels");
        for (JsonNode line : lines) {
            long[] columns = new long[width];
            long most = 0;
            for (JsonNode point : line.path("points")) {
                columns[(int) ((point.get(0).asLong() - first) / perColumn)] +=
                        point.get(1).asLong();
                most = Math.max(most, point.get(1).asLong());
            }
            out.printf(
                    Locale.ROOT,
                    "%12s %12s  %s  %s%n",
                    totals.format(total(line)),
                    Quantity.of(unit, most).format(most),
                    sparkline.draw(columns),
                    labels(line.path("labels")));
        }
        out.println("from " + Instant.ofEpochSecond(first) + " to " + Instant.ofEpochSecond(last + step));
    }

    private static long total(JsonNode line) {
        long total = 0;
        for (JsonNode point : line.path("points")) {
            total += point.get(1).asLong();
        }
        return total;
    }

    private static String labels(JsonNode labels) {
        return labels.propertyStream()
                .map(label -> Words.clean(label.getKey()) + "=\""
                        + Words.clean(label.getValue().asText()) + "\"")
                .collect(Collectors.joining(",", "{", "}"));
    }
}
