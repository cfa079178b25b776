package dev.sonde.server.store;

import dev.sonde.model.ValueType;
import java.util.List;

/**
 * A profile type that the store has.
 *
 * @param type its name, for example {@code cpu}
 * @param sampleTypes its values
 * @param defaultSampleType the name of the one that is meant when none is asked for
 */
public record TypeSummary(String type, List<ValueType> sampleTypes, String defaultSampleType) {
    public TypeSummary {
        sampleTypes = List.copyOf(sampleTypes);
    }
}
