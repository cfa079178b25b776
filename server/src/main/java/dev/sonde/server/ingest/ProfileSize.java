package dev.sonde.server.ingest;

import dev.sonde.pprof.Profile;

/** What a profile takes in memory, about: arrays by their length, strings by every mention. */
final class ProfileSize {

    /** Headers of a String and its array. */
    private static final int STRING_BYTES = 40;

    private static final int NUMBER_COLUMNS_BYTES_PER_MAPPING = 25;
    private static final int NUMBER_COLUMNS_BYTES_PER_LOCATION = 16;
    private static final int NUMBER_COLUMNS_BYTES_PER_LABEL = 20;

    private ProfileSize() {}

    static long bytes(Profile profile) {
        Profile.Samples samples = profile.samples();
        long bytes = 8L * samples.value().length + 4L * samples.location().length + 8L * samples.count();
        bytes += NUMBER_COLUMNS_BYTES_PER_LABEL * (long) samples.labelKey().length;
        bytes += strings(samples.labelKey()) + strings(samples.labelText()) + strings(samples.labelUnit());
        bytes += NUMBER_COLUMNS_BYTES_PER_LOCATION * (long) profile.locations().count();
        bytes += 8L * profile.locations().lineFunction().length;
        bytes += NUMBER_COLUMNS_BYTES_PER_MAPPING * (long) profile.mappings().count();
        bytes += strings(profile.mappings().file()) + strings(profile.mappings().buildId());
        Profile.Functions functions = profile.functions();
        return bytes + strings(functions.name()) + strings(functions.systemName()) + strings(functions.file());
    }

    private static long strings(String[] strings) {
        long bytes = 0;
        for (String text : strings) {
            if (text != null && !text.isEmpty()) {
                bytes += STRING_BYTES + 2L * text.length();
            }
        }
        return bytes;
    }
}
