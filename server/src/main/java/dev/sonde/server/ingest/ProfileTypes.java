package dev.sonde.server.ingest;

import dev.sonde.model.Labels;
import dev.sonde.model.ValueType;
import dev.sonde.pprof.Profile;
import dev.sonde.server.ingest.IngestException.Reason;

/**
 * Which type a profile is of. In this order:
 *
 * <ol>
 *   <li>a profile with a cpu/nanoseconds value, or named {@code cpu}, {@code process_cpu} or {@code parca_agent*}, is
 *       {@code cpu};
 *   <li>another {@code __name__} is the type as it stands;
 *   <li>without a name, the value that the profile shows first decides: {@code inuse_*} is {@code live},
 *       {@code alloc_*} is {@code alloc}, {@code contentions} and {@code delay} are {@code lock}, and any other is its
 *       own name, as {@code wall} and {@code goroutine} are.
 * </ol>
 *
 * Go's heap and allocs profiles hold the same four values and differ in the one shown first: they become {@code live}
 * and {@code alloc}. Its block and mutex profiles do not differ at all; a name tells them apart.
 */
final class ProfileTypes {

    static final String CPU = "cpu";

    private static final ValueType CPU_NANOSECONDS = new ValueType("cpu", "nanoseconds");

    /** Types stand in selectors and menus. */
    private static final int MAX_LENGTH = 64;

    private ProfileTypes() {}

    static String of(String name, Profile.Header header) throws IngestException {
        if (isCpu(name, header)) {
            return CPU;
        }
        String type = name.isEmpty() ? byValue(header) : name;
        if (type.length() > MAX_LENGTH || !Labels.isValidName(type)) {
            throw new IngestException(
                    Reason.TYPE,
                    (name.isEmpty() ? "default sample type: '" : "label __name__: '") + Excerpt.of(type)
                            + "' (expected: a label __name__ of at most " + MAX_LENGTH + " letters, digits and _)");
        }
        return type;
    }

    private static boolean isCpu(String name, Profile.Header header) {
        return header.sampleTypes().contains(CPU_NANOSECONDS)
                || name.equals(CPU)
                || name.equals("process_cpu")
                || name.startsWith("parca_agent");
    }

    private static String byValue(Profile.Header header) {
        String value = header.sampleTypes().get(header.defaultSampleType()).type();
        if (value.startsWith("inuse_")) {
            return "live";
        }
        if (value.startsWith("alloc_")) {
            return "alloc";
        }
        return value.equals("contentions") || value.equals("delay") ? "lock" : value;
    }
}
