package dev.sonde.server.symbols;

import dev.sonde.model.BuildId;
import dev.sonde.server.symbols.SymbolException.Kind;
import java.io.IOException;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Which uploads are under way and which are wanted. */
final class Uploads {

    private static final Logger LOG = LoggerFactory.getLogger(Uploads.class);

    /** A file that was unusable this often is not asked for again until the pause is over. */
    private static final int MAX_ATTEMPTS = 3;

    private static final Duration PAUSE = Duration.ofMinutes(10);

    /** Build ids whose failures are remembered. */
    private static final int MAX_REMEMBERED = 4096;

    private final SymbolFolder folder;
    private final DebuginfoFiles files;
    private final SymbolLimits limits;
    private final Clock clock;
    private final Map<String, Upload> byId = new LinkedHashMap<>();
    private final Map<String, Failure> failures = new LinkedHashMap<>() {
        @Override
        protected boolean removeEldestEntry(Map.Entry<String, Failure> eldest) {
            return size() > MAX_REMEMBERED;
        }
    };

    private record Failure(int attempts, Instant last) {}

    /** Whether an upload is wanted, and if not, why. */
    record Decision(boolean wanted, String reason) {}

    Uploads(SymbolFolder folder, DebuginfoFiles files, SymbolLimits limits, Clock clock) {
        this.folder = folder;
        this.files = files;
        this.limits = limits;
        this.clock = clock;
    }

    /**
     * Whether the debuginfo of a build id is wanted.
     *
     * @param force also where some is here: the new file replaces it if it has more symbols
     */
    synchronized Decision decide(String buildId, boolean force) {
        boolean here = files.contains(buildId);
        if (here && !force) {
            return new Decision(false, "debuginfo of " + buildId + " is here already");
        }
        for (Upload upload : byId.values()) {
            if (upload.buildId().equals(buildId)) {
                return new Decision(false, "an upload of " + buildId + " is under way");
            }
        }
        Failure failure = failures.get(buildId);
        if (failure != null && failure.attempts() >= MAX_ATTEMPTS && isRecent(failure)) {
            return new Decision(
                    false,
                    "the last " + failure.attempts() + " uploads of " + buildId + " were unusable; not again before "
                            + failure.last().plus(PAUSE));
        }
        if (here) {
            return new Decision(true, "forced: what is here is replaced by what has more symbols");
        }
        return new Decision(true, failure == null ? "none is here" : "the earlier upload was unusable");
    }

    private boolean isRecent(Failure failure) {
        return failure.last().plus(PAUSE).isAfter(clock.instant());
    }

    /** Announces an upload. */
    synchronized Upload announce(String buildId, BuildId.Type type, long sizeBytes, boolean force)
            throws SymbolException {
        if (sizeBytes < 1 || sizeBytes > limits.maxUploadBytes()) {
            throw new SymbolException(
                    Kind.INVALID,
                    "upload_size",
                    "size: " + sizeBytes + " (expected: 1 to " + limits.maxUploadBytes() + ")");
        }
        Decision decision = decide(buildId, force);
        if (!decision.wanted()) {
            throw new SymbolException(Kind.NOT_WANTED, "upload_not_wanted", decision.reason());
        }
        long reserved = byId.values().stream().mapToLong(Upload::announcedBytes).sum();
        if (byId.size() >= limits.maxUploads() || reserved + sizeBytes > limits.maxDiskBytes()) {
            throw new SymbolException(
                    Kind.BUSY,
                    "upload_busy",
                    byId.size() + " uploads of " + reserved + " bytes are under way (expected: at most "
                            + limits.maxUploads() + " of " + limits.maxDiskBytes() + "; come again later)");
        }
        String id = UUID.randomUUID().toString();
        Upload upload = new Upload(
                id, buildId, type, sizeBytes, force, folder.incoming().resolve(id), clock.instant());
        byId.put(id, upload);
        return upload;
    }

    /** The upload of an id, which must be of that build id. */
    synchronized Upload get(String id, String buildId) throws SymbolException {
        Upload upload = byId.get(id);
        if (upload == null || !upload.buildId().equals(buildId)) {
            throw new SymbolException(
                    Kind.UNKNOWN_UPLOAD,
                    "upload_unknown",
                    "upload_id: none of this server for this build id (expected: one from InitiateUpload)");
        }
        return upload;
    }

    /** Whether an id is of an upload of that build id that may replace what is here. */
    synchronized boolean isForced(String id, String buildId) {
        Upload upload = byId.get(id);
        return upload != null && upload.isForced() && upload.buildId().equals(buildId);
    }

    /** Ends an upload. */
    void close(Upload upload, boolean usable) throws IOException {
        synchronized (this) {
            byId.remove(upload.id());
            Failure before = failures.remove(upload.buildId());
            if (!usable) {
                int attempts = before == null || !isRecent(before) ? 1 : before.attempts() + 1;
                failures.put(upload.buildId(), new Failure(attempts, clock.instant()));
            }
        }
        upload.close();
    }

    /** Gives up the uploads that nothing was heard of for long. */
    void closeIdle() {
        List<Upload> idle = new ArrayList<>();
        synchronized (this) {
            Instant limit = clock.instant().minus(limits.uploadIdle());
            for (Upload upload : byId.values()) {
                if (upload.lastProgress().isBefore(limit)) {
                    idle.add(upload);
                }
            }
            idle.forEach(upload -> byId.remove(upload.id()));
        }
        for (Upload upload : idle) {
            try {
                upload.close();
            } catch (IOException e) {
                LOG.warn("cannot remove an upload that was given up: {}", upload.path(), e);
            }
        }
    }

    /** Uploads under way. */
    synchronized int count() {
        return byId.size();
    }
}
