package dev.sonde.server.ingest;

import dev.sonde.pprof.Profile;
import dev.sonde.server.ingest.IngestException.Reason;
import java.time.Duration;
import java.time.Instant;
import java.time.temporal.ChronoUnit;

/** What must hold for a profile beyond the format: its times, values and sample labels. */
final class ProfileChecks {

    /** Largest sum of one value over a profile: exact in JSON, and 1,000 such profiles still add up in a long. */
    private static final long MAX_SUM = 1L << 53;

    /** What the store keeps a column for. */
    private static final int MAX_SAMPLE_TYPES = 8;

    private final IngestLimits limits;

    ProfileChecks(IngestLimits limits) {
        this.limits = limits;
    }

    /** Checks, and returns the profile with its time set: a profile without one is taken to have ended just now. */
    Profile check(Profile profile, Instant received) throws IngestException {
        Profile.Header header = profile.header();
        if (header.durationNanos() > limits.maxDuration().toNanos()) {
            throw new IngestException(
                    Reason.DURATION,
                    "duration_nanos: " + header.durationNanos() + " (expected: 0 to "
                            + limits.maxDuration().toNanos() + ")");
        }
        if (header.sampleTypes().size() > MAX_SAMPLE_TYPES) {
            throw new IngestException(
                    Reason.VALUE,
                    "sample_type: " + header.sampleTypes().size() + " types (expected: 1 to " + MAX_SAMPLE_TYPES + ")");
        }
        NameLengths.check(profile);
        checkValues(profile);
        checkSampleLabels(profile.samples());
        long now = ChronoUnit.NANOS.between(Instant.EPOCH, received);
        if (header.timeNanos() == 0) {
            return withTime(profile, now - header.durationNanos());
        }
        checkTime(header.timeNanos(), now);
        return profile;
    }

    private void checkTime(long timeNanos, long now) throws IngestException {
        if (timeNanos - now > limits.maxAhead().toNanos()) {
            throw new IngestException(
                    Reason.TIME_AHEAD,
                    "time_nanos: " + timeNanos + ", "
                            + Duration.ofNanos(timeNanos - now).toSeconds()
                            + " s ahead of this server's clock (expected: at most "
                            + limits.maxAhead().toSeconds() + " s)");
        }
        if (now - timeNanos > limits.maxLate().toNanos()) {
            throw new IngestException(
                    Reason.TIME_LATE,
                    "time_nanos: " + timeNanos + ", "
                            + Duration.ofNanos(now - timeNanos).toSeconds() + " s ago (expected: at most "
                            + limits.maxLate().toSeconds() + " s)");
        }
    }

    private static void checkValues(Profile profile) throws IngestException {
        Profile.Samples samples = profile.samples();
        for (int type = 0; type < samples.valueCount(); type++) {
            long sum = 0;
            for (int i = 0; i < samples.count(); i++) {
                long value = samples.value(i, type);
                if (value < 0) {
                    throw new IngestException(
                            Reason.VALUE,
                            "sample " + i + ", " + name(profile, type) + ": " + value
                                    + " (expected: at least 0; the difference of two profiles cannot be stored)");
                }
                // Both at most 2^53 before the addition, so that it cannot wrap.
                sum = value > MAX_SUM ? Long.MAX_VALUE : sum + value;
                if (sum > MAX_SUM) {
                    throw new IngestException(
                            Reason.VALUE,
                            "sample " + i + ", " + name(profile, type) + ": sum over " + MAX_SUM
                                    + " (expected: at most that)");
                }
            }
        }
    }

    private static String name(Profile profile, int type) {
        return Excerpt.of(profile.header().sampleTypes().get(type).toString());
    }

    private static void checkSampleLabels(Profile.Samples samples) throws IngestException {
        for (int i = 0; i < samples.count(); i++) {
            for (int label = samples.labelStart()[i]; label < samples.labelStart()[i + 1]; label++) {
                String text = samples.labelText()[label];
                try {
                    SeriesLabels.checkValue("name", samples.labelKey()[label]);
                    if (text != null) {
                        SeriesLabels.checkValue(samples.labelKey()[label], text);
                    }
                } catch (IngestException e) {
                    throw e.in("sample " + i);
                }
            }
        }
    }

    private static Profile withTime(Profile profile, long timeNanos) {
        Profile.Header header = profile.header();
        Profile.Header timed = new Profile.Header(
                header.sampleTypes(),
                header.defaultSampleType(),
                header.periodType(),
                header.period(),
                timeNanos,
                header.durationNanos(),
                header.comments());
        return new Profile(timed, profile.mappings(), profile.functions(), profile.locations(), profile.samples());
    }
}
