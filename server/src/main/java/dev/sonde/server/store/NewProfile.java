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

    /** Most values a sample: Go's heap profile has four. */
    public static final int MAX_SAMPLE_TYPES = 8;

    /**
     * A profile that the store can keep.
     *
     * @throws IllegalArgumentException when the time is not after 1970, there are too many sample types, or a value is
     *     negative (a difference of profiles is no profile: sums would hide what was spent)
     */
    public NewProfile {
        Objects.requireNonNull(id, "id");
        Objects.requireNonNull(type, "type");
        Objects.requireNonNull(series, "series");
        Objects.requireNonNull(profile, "profile");
        if (profile.header().timeNanos() <= 0) {
            throw new IllegalArgumentException(
                    "time_nanos: " + profile.header().timeNanos() + " (expected: after 1970)");
        }
        int types = profile.header().sampleTypes().size();
        if (types < 1 || types > MAX_SAMPLE_TYPES) {
            throw new IllegalArgumentException(
                    "sample_type: " + types + " types (expected: 1 to " + MAX_SAMPLE_TYPES + ")");
        }
        long[] values = profile.samples().value();
        for (int i = 0; i < profile.samples().count() * types; i++) {
            if (values[i] < 0) {
                throw new IllegalArgumentException(
                        "sample[" + i / types + "].value[" + i % types + "]: " + values[i] + " (expected: 0 or more)");
            }
        }
    }

    /** A 128-bit hash. */
    public record Id(long high, long low) {}
}
