package dev.sonde.server.ingest;

import dev.sonde.pprof.PprofLimits;
import java.time.Duration;

/**
 * What one request may carry.
 *
 * @param pprof what one profile may cost
 * @param maxProfiles profiles of one request
 * @param maxRequestBytes what all profiles of one request may take in memory, read
 * @param maxLabels labels of one series
 * @param maxAhead how far in the future a profile may start, for clocks that differ
 * @param maxLate how far in the past a profile may start; the store knows ids at least as long
 * @param maxDuration longest profile
 */
public record IngestLimits(
        PprofLimits pprof,
        int maxProfiles,
        long maxRequestBytes,
        int maxLabels,
        Duration maxAhead,
        Duration maxLate,
        Duration maxDuration) {

    /**
     * 10,000 profiles (an agent's window has one for each service), 256 MiB, 64 labels, 10 minutes ahead, 24 hours late,
     * 7 days long (a heap profile covers the life of its process).
     */
    public static IngestLimits defaults() {
        return new IngestLimits(
                PprofLimits.defaults(),
                10_000,
                256L << 20,
                64,
                Duration.ofMinutes(10),
                Duration.ofHours(24),
                Duration.ofDays(7));
    }

    /** These limits with another window for late data. */
    public IngestLimits withMaxLate(Duration window) {
        return new IngestLimits(pprof, maxProfiles, maxRequestBytes, maxLabels, maxAhead, window, maxDuration);
    }
}
