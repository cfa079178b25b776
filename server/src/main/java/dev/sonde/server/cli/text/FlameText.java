package dev.sonde.server.cli.text;

import com.fasterxml.jackson.databind.JsonNode;
import it.unimi.dsi.fastutil.ints.IntArrayList;
import it.unimi.dsi.fastutil.ints.IntArrays;
import java.io.PrintWriter;
import java.util.Locale;

/** A flame graph as an indented tree, what took most first. */
public final class FlameText {

    private final JsonNode flame;
    private final PrintWriter out;
    private final Quantity quantity;
    private final int[] depth;
    private final IntArrayList[] children;

    private FlameText(JsonNode flame, PrintWriter out) {
        this.flame = flame;
        this.out = out;
        this.quantity = Quantity.of(
                flame.path("unit").asText(), flame.path("total_value").asLong());
        int size = flame.path("parent").size();
        this.depth = new int[size];
        this.children = new IntArrayList[size];
    }

    /** Prints an answer, under a line that says what was asked. */
    public static void print(JsonNode flame, String question, PrintWriter out) {
        FlameText text = new FlameText(flame, out);
        out.println(Words.clean(question) + ": " + text.quantity.format(text.total(0)));
        if (text.total(0) == 0) {
            out.println("Nothing was counted there.");
            return;
        }
        text.link();
        text.walk();
    }

    private void link() {
        for (int node = 1; node < depth.length; node++) {
            int parent = flame.path("parent").get(node).asInt();
            depth[node] = depth[parent] + 1;
            if (children[parent] == null) {
                children[parent] = new IntArrayList();
            }
            children[parent].add(node);
        }
    }

    /** Without recursion, for stacks are thousands of frames deep. */
    private void walk() {
        out.printf(Locale.ROOT, "%8s %8s  %s%n", "total", "self", "frame");
        IntArrayList pending = new IntArrayList(new int[] {0});
        while (!pending.isEmpty()) {
            int node = pending.popInt();
            print(node);
            if (children[node] != null) {
                int[] sorted = children[node].toIntArray();
                // The least first, for the last one pushed is the next one taken; equal ones stay by name.
                IntArrays.mergeSort(sorted, (a, b) -> {
                    int byTotal = Long.compare(total(a), total(b));
                    return byTotal != 0 ? byTotal : Integer.compare(b, a);
                });
                pending.addElements(pending.size(), sorted);
            }
        }
    }

    private void print(int node) {
        String name =
                flame.path("names").get(flame.path("name").get(node).asInt()).asText();
        String inlined = flame.path("inlined").get(node).asBoolean() ? " (inlined)" : "";
        out.printf(
                Locale.ROOT,
                "%8s %8s  %s%s%s%n",
                Words.percent(total(node), total(0)),
                Words.percent(flame.path("self").get(node).asLong(), total(0)),
                "  ".repeat(depth[node]),
                Words.clean(name),
                inlined);
    }

    private long total(int node) {
        return flame.path("total").path(node).asLong();
    }
}
