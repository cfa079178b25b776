package dev.sonde.server.ingest;

import dev.sonde.pprof.PprofException;
import dev.sonde.pprof.PprofReader;
import dev.sonde.pprof.Profile;
import dev.sonde.server.ingest.IngestException.Reason;
import dev.sonde.server.metrics.IngestMetrics;
import dev.sonde.server.store.NewProfile;
import dev.sonde.server.store.ProfileStore;
import dev.sonde.server.store.StoreException;
import java.time.Clock;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ConcurrentLinkedQueue;

/** Takes requests of profiles: reads and checks every one, then appends all at once. Blocks; any number of threads. */
public final class Ingest {

    private final ProfileStore store;
    private final IngestGate gate;
    private final IngestLimits limits;
    private final IngestMetrics metrics;
    private final Clock clock;
    private final ProfileChecks checks;
    /** Readers at rest, for their buffers; as many as ever worked at once, which {@link IngestGate} bounds. */
    private final ConcurrentLinkedQueue<PprofReader> readers = new ConcurrentLinkedQueue<>();

    public Ingest(ProfileStore store, IngestGate gate, IngestLimits limits, IngestMetrics metrics, Clock clock) {
        this.store = store;
        this.gate = gate;
        this.limits = limits;
        this.metrics = metrics;
        this.clock = clock;
        this.checks = new ProfileChecks(limits);
    }

    /**
     * Stores the profiles of one request, or none. They survive a crash once this returns.
     *
     * @throws IngestException when one of them is not acceptable
     * @throws StoreException when the store cannot take them now
     * @throws OverloadedException when too many requests are under way
     */
    public ProfileStore.AppendResult ingest(List<IncomingProfile> incoming)
            throws IngestException, StoreException, OverloadedException {
        if (incoming.isEmpty()) {
            throw new IngestException(Reason.EMPTY, "request: no profile (expected: at least one)");
        }
        if (incoming.size() > limits.maxProfiles()) {
            throw new IngestException(
                    Reason.REQUEST_TOO_LARGE,
                    "request: " + incoming.size() + " profiles (expected: at most " + limits.maxProfiles() + ")");
        }
        try (IngestGate.Turn turn = gate.enter()) {
            List<NewProfile> profiles = readAll(incoming);
            ProfileStore.AppendResult result = store.append(profiles);
            count(incoming, profiles, result);
            return result;
        }
    }

    private List<NewProfile> readAll(List<IncomingProfile> incoming) throws IngestException {
        PprofReader pooled = readers.poll();
        PprofReader reader = pooled == null ? new PprofReader(limits.pprof()) : pooled;
        Instant received = clock.instant();
        List<NewProfile> profiles = new ArrayList<>(incoming.size());
        long bytes = 0;
        for (int i = 0; i < incoming.size(); i++) {
            NewProfile profile = read(reader, incoming.get(i), i, received);
            bytes += ProfileSize.bytes(profile.profile());
            if (bytes > limits.maxRequestBytes()) {
                throw new IngestException(
                        Reason.REQUEST_TOO_LARGE,
                        "request: more than " + limits.maxRequestBytes() + " bytes up to profile " + i
                                + " (expected: at most that; send fewer profiles at once)");
            }
            profiles.add(profile);
        }
        // Only a reader that came through whole is used again.
        readers.add(reader);
        return profiles;
    }

    private NewProfile read(PprofReader reader, IncomingProfile incoming, int index, Instant received)
            throws IngestException {
        SeriesLabels labels = SeriesLabels.check(incoming.labels(), limits.maxLabels());
        try {
            Profile profile = reader.read(incoming.pprof());
            String type = ProfileTypes.of(labels.name(), profile.header());
            Profile complete = type.equals(ProfileTypes.CPU) ? CpuValues.complete(profile) : profile;
            return new NewProfile(
                    ProfileIds.of(labels.sent(), incoming.pprof()),
                    type,
                    labels.series(),
                    checks.check(complete, received));
        } catch (IngestException e) {
            throw e.in(place(labels, index));
        } catch (PprofException e) {
            throw new IngestException(e.reason().word(), place(labels, index) + ": " + e.getMessage(), e);
        }
    }

    private static String place(SeriesLabels labels, int index) {
        return "series " + Excerpt.of(labels.name() + labels.series()) + ", profile " + index;
    }

    private void count(List<IncomingProfile> incoming, List<NewProfile> profiles, ProfileStore.AppendResult result) {
        long bytes = 0;
        long samples = 0;
        for (int i = 0; i < profiles.size(); i++) {
            bytes += incoming.get(i).pprof().length;
            samples += profiles.get(i).profile().samples().count();
        }
        metrics.ingested(result.stored(), result.known(), samples, bytes);
    }
}
