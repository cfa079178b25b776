package dev.sonde.agent.jit;

import java.io.IOException;
import java.nio.channels.Channels;
import java.nio.channels.SeekableByteChannel;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.NoSuchFileException;
import java.nio.file.NotDirectoryException;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.Map;
import java.util.Set;
import java.util.function.LongSupplier;

/**
 * The perf-PID.map file of one process, read again when it changed. Reading is limited to a hundredth of the time, so
 * that a file that grows without end costs at most 1 % of a CPU. One thread at a time.
 *
 * <p>The file is of a directory that anybody may write to and is read by root: links are not followed, and it must be a
 * regular file of the process's user or of root. (Between this check and the opening it could be exchanged for a FIFO,
 * which would hold up the reader: the JDK has no O_NONBLOCK.)
 */
public final class PerfMapFile {

    /**
     * Of larger files the end is read, some 70,000 lines of JavaScript names: a later line overrides an earlier one, so
     * that without the beginning names are missing, but none is wrong.
     */
    public static final long MAX_BYTES = 6L << 20;

    /** The shortest time between two looks whether the file changed. */
    private static final long LOOK_INTERVAL_NANOS = 1_000_000_000;

    /** No more than one hundredth of the time goes into reading. */
    private static final long DUTY = 100;

    private final Path directory;
    private final Path file;
    private final int uid;
    private final PerfMapBudget budget;
    private final LongSupplier nanoTime;

    private PerfMap map = PerfMap.empty();
    private Map<String, Object> seen = Map.of();
    private long nextLookNanos;

    /**
     * @param root the process's root directory as the agent sees it, {@code /proc/PID/root}
     * @param namespacePid the pid that the process sees as its own
     * @param uid the process's real user
     * @param budget the bound of all files together
     * @param nanoTime a monotonic clock
     */
    public PerfMapFile(Path root, int namespacePid, int uid, PerfMapBudget budget, LongSupplier nanoTime) {
        this.directory = root.resolve("tmp");
        this.file = directory.resolve("perf-" + namespacePid + ".map");
        this.uid = uid;
        this.budget = budget;
        this.nanoTime = nanoTime;
        this.nextLookNanos = nanoTime.getAsLong();
    }

    /** What a look at the file brought. */
    public enum Outcome {
        /** Nothing new, no file, or too early to look. */
        UNCHANGED,
        /** The file was read; {@link #map()} has its names. */
        READ,
        /** The same of the file's last {@link #MAX_BYTES}: it is larger. */
        CUT,
        /** The file may not be believed or is too large; the names known before stay. */
        REFUSED
    }

    /** The names known. */
    public PerfMap map() {
        return map;
    }

    /** Drops the names; they are read again when the file is looked at the next time. */
    void forget() {
        map = PerfMap.empty();
        seen = Map.of();
    }

    /** Looks whether the file changed and reads it then; does nothing when the last look was too short a time ago. */
    public Outcome refresh() {
        budget.touch(this);
        long start = nanoTime.getAsLong();
        if (start - nextLookNanos < 0) {
            return Outcome.UNCHANGED;
        }
        Outcome outcome;
        try {
            outcome = readIfChanged();
        } catch (NoSuchFileException | NotDirectoryException e) {
            outcome = Outcome.UNCHANGED;
        } catch (IOException e) {
            outcome = Outcome.REFUSED;
        }
        long end = nanoTime.getAsLong();
        nextLookNanos = end + Math.max(LOOK_INTERVAL_NANOS, (end - start) * DUTY);
        return outcome;
    }

    private Outcome readIfChanged() throws IOException {
        // An absolute link in the process's root would lead into the agent's own file system.
        if (Files.isSymbolicLink(directory)) {
            return Outcome.REFUSED;
        }
        Map<String, Object> now = Files.readAttributes(
                file, "unix:dev,ino,size,lastModifiedTime,uid,isRegularFile", LinkOption.NOFOLLOW_LINKS);
        if (now.equals(seen)) {
            return Outcome.UNCHANGED;
        }
        seen = now;
        int owner = (Integer) now.get("uid");
        if (!(Boolean) now.get("isRegularFile") || (owner != uid && owner != 0)) {
            return Outcome.REFUSED;
        }
        return read((Long) now.get("size"), now);
    }

    private Outcome read(long sizeBytes, Map<String, Object> attributes) throws IOException {
        boolean cut = sizeBytes > MAX_BYTES;
        int bytes = (int) Math.min(sizeBytes, MAX_BYTES);
        // The names known before may have to go already: old and new together are what a small heap does not hold.
        budget.makeRoom(bytes);
        seen = attributes;
        PerfMap read;
        try (SeekableByteChannel channel =
                Files.newByteChannel(file, Set.of(StandardOpenOption.READ, LinkOption.NOFOLLOW_LINKS))) {
            channel.position(sizeBytes - bytes);
            read = PerfMapParser.parse(Channels.newInputStream(channel), bytes, cut);
        }
        if (!budget.hold(this, read.retainedBytes())) {
            return Outcome.REFUSED;
        }
        map = read;
        return cut ? Outcome.CUT : Outcome.READ;
    }
}
