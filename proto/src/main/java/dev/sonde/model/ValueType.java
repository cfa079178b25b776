package dev.sonde.model;

import java.util.Objects;

/**
 * What a sample's number counts, for example {@code cpu} in {@code nanoseconds}.
 *
 * @param type the quantity
 * @param unit its unit, spelled as pprof does
 */
public record ValueType(String type, String unit) {
    public ValueType {
        Objects.requireNonNull(type, "type");
        Objects.requireNonNull(unit, "unit");
    }

    @Override
    public String toString() {
        return type + "/" + unit;
    }
}
