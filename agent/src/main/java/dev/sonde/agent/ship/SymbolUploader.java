package dev.sonde.agent.ship;

import dev.sonde.agent.count.Counts;
import dev.sonde.agent.mapping.ExecutableFile;
import dev.sonde.model.BuildId;
import dev.sonde.symbolizer.elf.ElfException;
import dev.sonde.wire.debuginfo.BuildIDType;
import dev.sonde.wire.debuginfo.DebuginfoType;
import dev.sonde.wire.debuginfo.InitiateUploadRequest;
import dev.sonde.wire.debuginfo.MarkUploadFinishedRequest;
import dev.sonde.wire.debuginfo.ShouldInitiateUploadRequest;
import dev.sonde.wire.debuginfo.UploadInfo;
import dev.sonde.wire.debuginfo.UploadInstructions;
import io.grpc.Status;
import io.grpc.StatusRuntimeException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.function.Function;
import java.util.random.RandomGenerator;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Hands the symbols of shipped files to the server, one file at a time: asks whether it wants them, extracts what names
 * need, uploads that. The questions and answers are those of Parca's DebuginfoService.
 */
public final class SymbolUploader implements Runnable {

    private static final Logger LOG = LoggerFactory.getLogger(SymbolUploader.class);

    private static final Duration QUESTION = Duration.ofSeconds(10);
    private static final Duration UPLOAD = Duration.ofMinutes(5);
    private static final Duration IDLE_WAIT = Duration.ofSeconds(1);

    private final ServerConnection server;
    private final Function<ExecutableFile, Optional<Path>> locate;
    private final Path extractFile;
    private final long maxTableBytes;
    private final Counts<UploadOutcome> outcomes;
    private final UploadPlan plan = new UploadPlan(System::nanoTime);
    private final Backoff backoff;
    private final Runnable afterBurst;
    private final CountDownLatch stopping = new CountDownLatch(1);

    /**
     * @param locate where a file can be read now
     * @param extractFile where an extract may lie while it is uploaded
     * @param maxTableBytes files with larger symbol and string tables are left out
     * @param afterBurst runs when no file waits any more and some were extracted, which takes memory
     */
    public SymbolUploader(
            ServerConnection server,
            Function<ExecutableFile, Optional<Path>> locate,
            Path extractFile,
            long maxTableBytes,
            Counts<UploadOutcome> outcomes,
            RandomGenerator random,
            Runnable afterBurst) {
        this.server = server;
        this.locate = locate;
        this.extractFile = extractFile;
        this.maxTableBytes = maxTableBytes;
        this.outcomes = outcomes;
        this.afterBurst = afterBurst;
        this.backoff = new Backoff(Shipper.FIRST_DELAY, Shipper.LAST_DELAY, random);
    }

    /** Says that profiles name this file. Returns at once. */
    public void offer(ExecutableFile file) {
        if (!plan.offer(file)) {
            outcomes.increment(UploadOutcome.QUEUE_FULL);
        }
    }

    /** Ends the thread after the call under way. */
    public void stop() {
        stopping.countDown();
    }

    @Override
    public void run() {
        try {
            boolean extracted = false;
            while (stopping.getCount() > 0) {
                Optional<ExecutableFile> file = plan.take(IDLE_WAIT);
                if (file.isPresent()) {
                    UploadOutcome outcome = handle(file.get());
                    extracted |= outcome == UploadOutcome.UPLOADED || outcome == UploadOutcome.TOO_LARGE;
                    settle(file.get(), outcome);
                } else if (extracted) {
                    afterBurst.run();
                    extracted = false;
                }
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    private void settle(ExecutableFile file, UploadOutcome outcome) throws InterruptedException {
        outcomes.increment(outcome);
        plan.settle(file, outcome);
        if (outcome == UploadOutcome.FAILED) {
            boolean _ = stopping.await(backoff.next().toNanos(), TimeUnit.NANOSECONDS);
        } else {
            backoff.reset();
        }
    }

    private UploadOutcome handle(ExecutableFile file) throws InterruptedException {
        try {
            return shouldInitiate(file.buildId()) ? extractAndUpload(file) : UploadOutcome.NOT_WANTED;
        } catch (StatusRuntimeException e) {
            LOG.debug("symbols of {}: {}", file, e.getStatus());
            return outcomeOf(e.getStatus().getCode());
        } catch (RuntimeException e) {
            // One file that the agent fails at is no reason to leave the others without names.
            LOG.warn("no names from {}", file, e);
            return UploadOutcome.ERROR;
        } catch (OutOfMemoryError e) {
            // The tables were within the bound, but not within what the rest of the agent left of the heap.
            LOG.warn("no names from {}: {}", file, e.toString());
            return UploadOutcome.TOO_LARGE;
        }
    }

    private static UploadOutcome outcomeOf(Status.Code code) {
        return switch (code) {
            case FAILED_PRECONDITION -> UploadOutcome.POSTPONED;
            case ALREADY_EXISTS, INVALID_ARGUMENT, UNIMPLEMENTED -> UploadOutcome.REFUSED;
            default -> UploadOutcome.FAILED;
        };
    }

    private UploadOutcome extractAndUpload(ExecutableFile file) throws InterruptedException {
        Optional<Path> path = locate.apply(file);
        if (path.isEmpty()) {
            return UploadOutcome.FILE_GONE;
        }
        try {
            upload(file.buildId(), DebuginfoExtract.of(path.get(), file.buildId(), extractFile, maxTableBytes));
            return UploadOutcome.UPLOADED;
        } catch (DebuginfoExtract.TooLargeException e) {
            LOG.info("no names from {}: {}", file, e.getMessage());
            return UploadOutcome.TOO_LARGE;
        } catch (ElfException e) {
            LOG.info("no names from {}: {}", file, e.getMessage());
            return UploadOutcome.UNREADABLE;
        } catch (IOException e) {
            LOG.info("no names from {}: {}", file, e.toString());
            return UploadOutcome.FILE_GONE;
        } finally {
            delete();
        }
    }

    private void delete() {
        try {
            Files.deleteIfExists(extractFile);
        } catch (IOException e) {
            LOG.warn("{} cannot be deleted: {}", extractFile, e.toString());
        }
    }

    private boolean shouldInitiate(BuildId id) {
        return server.debuginfo(QUESTION)
                .shouldInitiateUpload(ShouldInitiateUploadRequest.newBuilder()
                        .setBuildId(id.hex())
                        .setBuildIdType(type(id))
                        .setType(DebuginfoType.DEBUGINFO_TYPE_DEBUGINFO_UNSPECIFIED)
                        .build())
                .getShouldInitiateUpload();
    }

    private void upload(BuildId id, DebuginfoExtract extract) throws IOException, InterruptedException {
        UploadInstructions instructions = server.debuginfo(QUESTION)
                .initiateUpload(InitiateUploadRequest.newBuilder()
                        .setBuildId(id.hex())
                        .setBuildIdType(type(id))
                        .setSize(extract.sizeBytes())
                        .setHash(extract.sha256())
                        .setType(DebuginfoType.DEBUGINFO_TYPE_DEBUGINFO_UNSPECIFIED)
                        .build())
                .getUploadInstructions();
        if (instructions.getUploadStrategy() == UploadInstructions.UploadStrategy.UPLOAD_STRATEGY_SIGNED_URL) {
            // An object store's URL: Sonde's server never asks for it.
            throw Status.UNIMPLEMENTED.withDescription("upload to a signed URL").asRuntimeException();
        }
        UploadInfo info = UploadInfo.newBuilder()
                .setBuildId(instructions.getBuildId())
                .setUploadId(instructions.getUploadId())
                .setType(instructions.getType())
                .build();
        ChunkUpload.run(server.debuginfoStream(UPLOAD), info, extract.file());
        var _ = server.debuginfo(QUESTION)
                .markUploadFinished(MarkUploadFinishedRequest.newBuilder()
                        .setBuildId(instructions.getBuildId())
                        .setUploadId(instructions.getUploadId())
                        .setType(instructions.getType())
                        .build());
    }

    private static BuildIDType type(BuildId id) {
        return switch (id.type()) {
            case GNU -> BuildIDType.BUILD_ID_TYPE_GNU;
            case HASH -> BuildIDType.BUILD_ID_TYPE_HASH;
        };
    }
}
