package dev.sonde.server.cli.text;

import com.fasterxml.jackson.databind.JsonNode;
import java.io.PrintWriter;
import java.util.Locale;

/** A table of functions for readers, with the columns of {@code go tool pprof -top}. */
public final class TopText {

    private static final String ROW = "%12s %7s %7s %12s %7s  %-15s %s%n";

    private TopText() {}

    /** The file of code whose source is not known; an address without a name says it itself. */
    private static String where(JsonNode function) {
        String mapping = function.path("mapping").asText();
        boolean said = !function.path("file").asText().isEmpty()
                || function.path("name").asText().startsWith(mapping + "+0x");
        return mapping.isEmpty() || said ? "" : "  (" + mapping + ")";
    }

    /** Prints an answer, under a line that says what was asked. */
    public static void print(JsonNode top, String question, PrintWriter out) {
        long total = top.path("total").asLong();
        Quantity quantity = Quantity.of(top.path("unit").asText(), total);
        JsonNode functions = top.path("functions");
        out.println(Words.clean(question) + ": " + quantity.format(total));
        if (functions.isEmpty()) {
            out.println("Nothing was counted there.");
            return;
        }
        out.printf(Locale.ROOT, ROW, "flat", "flat%", "sum%", "cum", "cum%", "kind", "function");
        long sum = 0;
        for (JsonNode function : functions) {
            long flat = function.path("flat").asLong();
            long cum = function.path("cum").asLong();
            sum += flat;
            out.printf(
                    Locale.ROOT,
                    ROW,
                    quantity.format(flat),
                    Words.percent(flat, total),
                    Words.percent(sum, total),
                    quantity.format(cum),
                    Words.percent(cum, total),
                    function.path("kind").asText(),
                    Words.clean(function.path("name").asText() + where(function)));
        }
        int omitted = top.path("omitted").asInt();
        if (omitted > 0) {
            long rest = top.path("omitted_flat").asLong();
            out.printf(
                    Locale.ROOT,
                    "%12s %7s  in %d further functions (--limit shows more)%n",
                    quantity.format(rest),
                    Words.percent(rest, total),
                    omitted);
        }
    }
}
