package dev.sonde.bench.harness;

/**
 * One line of a benchmark's table.
 *
 * @param name what was measured
 * @param value the figure as text
 * @param unit its unit
 * @param goal what it is held against: a goal or a peer's figure; empty where there is none
 */
public record Figure(String name, String value, String unit, String goal) {

    /** A figure with a number of decimals. */
    public static Figure of(String name, double value, int decimals, String unit, String goal) {
        return new Figure(name, String.format(java.util.Locale.ROOT, "%." + decimals + "f", value), unit, goal);
    }

    /** As a line of a table, the name padded to a width. */
    public String line(int nameWidth) {
        String told = goal.isEmpty() ? "" : "(" + goal + ")";
        return String.format(
                java.util.Locale.ROOT, "%-" + Math.max(1, nameWidth) + "s  %12s %-12s %s", name, value, unit, told);
    }

    /** A whole number. */
    public static Figure of(String name, long value, String unit, String goal) {
        return new Figure(name, Long.toString(value), unit, goal);
    }
}
