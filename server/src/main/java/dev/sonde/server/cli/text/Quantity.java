package dev.sonde.server.cli.text;

import java.util.List;
import java.util.Locale;

/**
 * Writes values of one unit, all in the multiple of it that suits the largest, so that they compare at a glance.
 *
 * @param name of the multiple; empty for plain counts
 * @param size of the multiple in units
 */
record Quantity(String name, double size) {

    private static final List<Quantity> TIMES = List.of(
            new Quantity("ns", 1),
            new Quantity("us", 1e3),
            new Quantity("ms", 1e6),
            new Quantity("s", 1e9),
            new Quantity("mins", 60e9),
            new Quantity("hrs", 3600e9));

    private static final List<Quantity> BYTES = List.of(
            new Quantity("B", 1),
            new Quantity("kB", 1L << 10),
            new Quantity("MB", 1L << 20),
            new Quantity("GB", 1L << 30),
            new Quantity("TB", 1L << 40));

    /** How values up to a largest one are written. */
    static Quantity of(String unit, long largest) {
        List<Quantity> multiples = switch (unit) {
            case "nanoseconds" -> TIMES;
            case "bytes" -> BYTES;
            default -> List.of(new Quantity(unit.equals("count") ? "" : " " + unit, 1));
        };
        Quantity best = multiples.getFirst();
        for (Quantity multiple : multiples) {
            if (largest >= multiple.size) {
                best = multiple;
            }
        }
        return best;
    }

    /** A value with its unit. */
    String format(long value) {
        return size == 1 ? value + name : String.format(Locale.ROOT, "%.2f%s", value / size, name);
    }
}
