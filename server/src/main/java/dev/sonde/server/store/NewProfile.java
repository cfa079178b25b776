package dev.sonde.server.store;

import dev.sonde.model.Labels;
import dev.sonde.pprof.Profile;
import java.util.Objects;

/**
 * A checked profile on its way into the store.
 *
 * @param id 128-bit hash of sorted labels and raw bytes
 * @param type the profile type, for example {@code cpu}
 * @param series the labels that make the series, without the type
 * @param profile its samples; the header's time is set
 */
public record NewProfile(Id id, String type, Labels series, Profile profile) {
    public NewProfile {
        Objects.requireNonNull(id, "id");
        Objects.requireNonNull(type, "type");
        Objects.requireNonNull(series, "series");
        Objects.requireNonNull(profile, "profile");
    }

    /** A 128-bit hash. */
    public record Id(long high, long low) {}
}
