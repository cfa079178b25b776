package dev.sonde.agent.jvm.names;

import dev.sonde.agent.jvm.memory.ProcessReadException;
import it.unimi.dsi.fastutil.longs.Long2ObjectOpenHashMap;
import java.util.HashMap;
import java.util.Map;

/**
 * The methods that were named, by Method*. Each is compared with the process once a round before it is used: a class may
 * have been unloaded and its memory given to another. Holds at most a budget: when half of it is used, what was not asked
 * for since the last time goes. One thread at a time.
 */
final class MethodCache {

    /** An entry, its names' objects and its place in the table, besides the characters. */
    private static final int FIXED_BYTES = 240;

    private final MethodReader reader;
    private final long halfBudgetBytes;
    private Long2ObjectOpenHashMap<MethodEntry> young = new Long2ObjectOpenHashMap<>();
    private Long2ObjectOpenHashMap<MethodEntry> old = new Long2ObjectOpenHashMap<>();
    private long youngBytes;
    private long oldBytes;
    /** A file has many methods. */
    private Map<String, String> files = new HashMap<>();

    private int round;
    private int asking;

    MethodCache(MethodReader reader, long budgetBytes) {
        this.reader = reader;
        this.halfBudgetBytes = budgetBytes / 2;
    }

    /** From now on what could not be told is asked again. */
    void beginRound() {
        asking++;
    }

    /** From now on what was compared before counts no more. */
    void compareAgain() {
        round++;
    }

    /**
     * The method at an address.
     *
     * @throws ProcessReadException when what stands there is no method, or cannot be read
     */
    MethodEntry get(long method) throws ProcessReadException {
        MethodEntry known = find(method);
        boolean asked = known != null && (known.complete || known.asking == asking);
        if (asked && known.round == round) {
            return known;
        }
        if (asked && reader.stamp(method) == known.stamp) {
            known.round = round;
            return known;
        }
        MethodEntry read = withSharedFile(reader.read(method, round));
        read.asking = asking;
        put(method, read);
        return read;
    }

    /** Whether the method at an address is the very one that had these names, and not another of the same name. */
    @SuppressWarnings("ReferenceEquality") // names are made anew for another method, equal as they may be
    boolean isStill(long method, JavaMethod names) throws ProcessReadException {
        return get(method).names == names;
    }

    private MethodEntry find(long method) {
        MethodEntry known = young.get(method);
        if (known == null) {
            known = old.get(method);
            if (known != null) {
                put(method, known);
            }
        }
        return known;
    }

    private void put(long method, MethodEntry entry) {
        long bytes = (long) FIXED_BYTES
                + entry.names.systemName().length()
                + entry.names.origin().length();
        if (youngBytes + bytes > halfBudgetBytes) {
            old = young;
            oldBytes = youngBytes;
            young = new Long2ObjectOpenHashMap<>();
            youngBytes = 0;
            files = new HashMap<>();
        }
        if (young.put(method, entry) == null) {
            youngBytes += bytes;
        }
    }

    private MethodEntry withSharedFile(MethodEntry read) {
        String file = files.putIfAbsent(read.names.file(), read.names.file());
        if (file == null) {
            youngBytes += FIXED_BYTES / 2L + read.names.file().length();
            return read;
        }
        return new MethodEntry(
                new JavaMethod(read.names.systemName(), file, read.names.origin()),
                read.stamp,
                read.code,
                read.codeBytes,
                read.isNative,
                read.lines,
                read.linesEnd,
                read.complete,
                read.round);
    }

    /** About what the cache holds. */
    long memoryBytes() {
        return youngBytes + oldBytes;
    }
}
