package dev.sonde.server.symbols;

import dev.sonde.model.BuildId;
import dev.sonde.server.symbols.SymbolException.Kind;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.time.Instant;

/** One upload from its announcement to its end: bytes on the way into a file of {@code incoming/}. */
final class Upload {

    /** How far it has come. */
    enum State {
        ANNOUNCED,
        RECEIVING,
        RECEIVED,
        FINISHING,
        CLOSED
    }

    private final String id;
    private final String buildId;
    private final BuildId.Type type;
    private final long announcedBytes;
    private final boolean forced;
    private final Path path;
    private State state = State.ANNOUNCED;
    private FileChannel channel;
    private long receivedBytes;
    private Instant lastProgress;

    /**
     * An announced upload.
     *
     * @param type {@link BuildId.Type#GNU} where the file's own note must say the same
     * @param announcedBytes what the client says will come
     * @param forced whether it may replace what is here
     */
    Upload(String id, String buildId, BuildId.Type type, long announcedBytes, boolean forced, Path path, Instant now) {
        this.id = id;
        this.buildId = buildId;
        this.type = type;
        this.announcedBytes = announcedBytes;
        this.forced = forced;
        this.path = path;
        this.lastProgress = now;
    }

    String id() {
        return id;
    }

    String buildId() {
        return buildId;
    }

    boolean isForced() {
        return forced;
    }

    BuildId.Type type() {
        return type;
    }

    long announcedBytes() {
        return announcedBytes;
    }

    Path path() {
        return path;
    }

    synchronized Instant lastProgress() {
        return lastProgress;
    }

    synchronized long receivedBytes() {
        return receivedBytes;
    }

    /** Begins to receive; an earlier attempt that broke off starts again from nothing. */
    synchronized void begin(Instant now) throws SymbolException, IOException {
        if (state == State.RECEIVING || state == State.FINISHING || state == State.CLOSED) {
            throw new SymbolException(
                    Kind.NOT_WANTED,
                    "upload_state",
                    "upload " + id + ": is " + state + " (expected: announced, and nobody else sending)");
        }
        channel = FileChannel.open(
                path, StandardOpenOption.CREATE, StandardOpenOption.TRUNCATE_EXISTING, StandardOpenOption.WRITE);
        receivedBytes = 0;
        lastProgress = now;
        state = State.RECEIVING;
    }

    /** Takes bytes; no more than were announced. */
    synchronized void write(ByteBuffer bytes, Instant now) throws SymbolException, IOException {
        if (state != State.RECEIVING) {
            throw new SymbolException(
                    Kind.UNKNOWN_UPLOAD, "upload_state", "upload " + id + ": given up (expected: begin it again)");
        }
        receivedBytes += bytes.remaining();
        if (receivedBytes > announcedBytes) {
            throw new SymbolException(
                    Kind.INVALID,
                    "upload_size",
                    "upload " + id + ": more than " + announcedBytes + " bytes (expected: as many as announced)");
        }
        while (bytes.hasRemaining()) {
            channel.write(bytes);
        }
        lastProgress = now;
    }

    /** Notes that all has come. */
    synchronized void end() throws SymbolException, IOException {
        if (state != State.RECEIVING) {
            throw new SymbolException(
                    Kind.UNKNOWN_UPLOAD, "upload_state", "upload " + id + ": given up (expected: begin it again)");
        }
        channel.close();
        if (receivedBytes != announcedBytes) {
            state = State.ANNOUNCED;
            throw new SymbolException(
                    Kind.INVALID,
                    "upload_size",
                    "upload " + id + ": " + receivedBytes + " bytes (expected: " + announcedBytes + ", as announced)");
        }
        state = State.RECEIVED;
    }

    /** Claims it for the one check of its contents. */
    synchronized void beginFinish() throws SymbolException {
        if (state != State.RECEIVED) {
            throw new SymbolException(
                    Kind.NOT_WANTED,
                    "upload_state",
                    "upload " + id + ": is " + state + " (expected: RECEIVED, after all chunks)");
        }
        state = State.FINISHING;
    }

    /** Gives up a transfer that broke off; it may be begun again. */
    synchronized void breakOff() throws IOException {
        if (state == State.RECEIVING) {
            channel.close();
            state = State.ANNOUNCED;
        }
    }

    /** Ends it for good; its file goes, unless it was moved away. */
    synchronized void close() throws IOException {
        if (channel != null) {
            channel.close();
        }
        state = State.CLOSED;
        Files.deleteIfExists(path);
    }
}
