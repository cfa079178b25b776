package dev.sonde.server.ingest;

import dev.sonde.model.ValueType;
import dev.sonde.pprof.Profile;
import dev.sonde.server.ingest.IngestException.Reason;
import java.util.ArrayList;
import java.util.List;

/**
 * Adds cpu/nanoseconds to a CPU profile that only counts samples but says what a sample stands for, as parca-agent's
 * do: value times period. So every {@code cpu} profile answers the same questions.
 */
final class CpuValues {

    private static final ValueType NANOSECONDS = new ValueType("cpu", "nanoseconds");

    private CpuValues() {}

    static Profile complete(Profile profile) throws IngestException {
        Profile.Header header = profile.header();
        int counted = header.sampleTypes().indexOf(new ValueType("samples", "count"));
        boolean complete = header.sampleTypes().contains(NANOSECONDS);
        if (complete
                || counted < 0
                || header.period() == 0
                || !header.periodType().equals(NANOSECONDS)) {
            return profile;
        }
        List<ValueType> types = new ArrayList<>(header.sampleTypes());
        types.add(NANOSECONDS);
        Profile.Header completed = new Profile.Header(
                types,
                types.size() - 1,
                header.periodType(),
                header.period(),
                header.timeNanos(),
                header.durationNanos(),
                header.comments());
        return new Profile(
                completed,
                profile.mappings(),
                profile.functions(),
                profile.locations(),
                withNanos(profile.samples(), counted, header.period()));
    }

    private static Profile.Samples withNanos(Profile.Samples samples, int counted, long period) throws IngestException {
        int before = samples.valueCount();
        int after = before + 1;
        long[] values = new long[samples.count() * after];
        for (int i = 0; i < samples.count(); i++) {
            System.arraycopy(samples.value(), i * before, values, i * after, before);
            long count = samples.value(i, counted);
            long nanos = count * period;
            if (Math.multiplyHigh(count, period) != nanos >> 63) {
                throw new IngestException(
                        Reason.VALUE,
                        "sample " + i + ": " + count + " samples of period " + period
                                + " (expected: a product below 2^63)");
            }
            values[i * after + before] = nanos;
        }
        return new Profile.Samples(
                samples.count(),
                after,
                samples.stackStart(),
                samples.location(),
                values,
                samples.labelStart(),
                samples.labelKey(),
                samples.labelText(),
                samples.labelNumber(),
                samples.labelUnit());
    }
}
