package dev.sonde.server.ingest;

import dev.sonde.model.ValueType;
import dev.sonde.pprof.Profile;
import dev.sonde.server.ingest.IngestException.Reason;
import java.nio.charset.StandardCharsets;

/** The names in a profile are held to a length: a day's are all in memory. */
final class NameLengths {

    /** Bytes of UTF-8: the longest symbols of template code and of lambdas in build folders have some thousand. */
    static final int MAX_BYTES = 64 << 10;

    private NameLengths() {}

    static void check(Profile profile) throws IngestException {
        Profile.Functions functions = profile.functions();
        check("function", "name", functions.name());
        check("function", "system_name", functions.systemName());
        check("function", "filename", functions.file());
        check("mapping", "filename", profile.mappings().file());
        check("mapping", "build_id", profile.mappings().buildId());
        check("period_type", profile.header().periodType());
        for (ValueType type : profile.header().sampleTypes()) {
            check("sample_type", type);
        }
    }

    private static void check(String field, ValueType type) throws IngestException {
        check(field, -1, "type", type.type());
        check(field, -1, "unit", type.unit());
    }

    private static void check(String table, String field, String[] names) throws IngestException {
        for (int i = 0; i < names.length; i++) {
            check(table, i, field, names[i]);
        }
    }

    private static void check(String table, int index, String field, String name) throws IngestException {
        // A character is at most three bytes, so that short names are not encoded just to be measured.
        if (name.length() * 3L <= MAX_BYTES) {
            return;
        }
        int bytes = name.getBytes(StandardCharsets.UTF_8).length;
        if (bytes > MAX_BYTES) {
            throw new IngestException(
                    Reason.NAME,
                    table + (index < 0 ? "" : " " + index) + ", " + field + ": '" + Excerpt.of(name) + "', " + bytes
                            + " bytes (expected: at most " + MAX_BYTES + ")");
        }
    }
}
