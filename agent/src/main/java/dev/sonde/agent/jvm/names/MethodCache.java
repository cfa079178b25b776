package dev.sonde.agent.jvm.names;

import dev.sonde.agent.aggregate.CodeLocation;
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

    /** An entry and its place in the table, besides its names. */
    private static final int ENTRY_BYTES = 80;

    /** A path's place in the table of paths, besides itself. */
    private static final int PATH_BYTES = 48;

    private final MethodReader reader;
    private long halfBudgetBytes;
    private Long2ObjectOpenHashMap<MethodEntry> young = new Long2ObjectOpenHashMap<>();
    private Long2ObjectOpenHashMap<MethodEntry> old = new Long2ObjectOpenHashMap<>();
    private long youngBytes;
    private long oldBytes;
    /** A file has many methods. */
    private Map<String, String> paths = new HashMap<>();

    private int round;
    private int asking;

    MethodCache(MethodReader reader, long budgetBytes) {
        this.reader = reader;
        this.halfBudgetBytes = budgetBytes / 2;
    }

    /** Holds no more than this from now on. */
    void limit(long budgetBytes) {
        halfBudgetBytes = budgetBytes / 2;
        if (memoryBytes() > budgetBytes) {
            old = new Long2ObjectOpenHashMap<>();
            oldBytes = 0;
        }
        if (memoryBytes() > budgetBytes) {
            beginYoung();
        }
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
        MethodEntry read = reader.read(method, round, this::shared);
        read.asking = asking;
        put(method, read);
        return read;
    }

    /** Whether the method at an address is the very one that had these names, and not another of the same name. */
    @SuppressWarnings("ReferenceEquality") // names are made anew for another method, equal as they may be
    boolean isStill(long method, CodeLocation.Function names) throws ProcessReadException {
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
        long bytes = (long) ENTRY_BYTES + MethodNames.bytes(entry.names);
        if (youngBytes + bytes > halfBudgetBytes) {
            old = young;
            oldBytes = youngBytes;
            beginYoung();
        }
        MethodEntry before = young.put(method, entry);
        youngBytes += before == null ? bytes : MethodNames.bytes(entry.names) - MethodNames.bytes(before.names);
    }

    private void beginYoung() {
        young = new Long2ObjectOpenHashMap<>();
        youngBytes = 0;
        paths = new HashMap<>();
    }

    private String shared(String path) {
        String known = paths.putIfAbsent(path, path);
        youngBytes += known == null ? PATH_BYTES + MethodNames.textBytes(path) : 0;
        return known == null ? path : known;
    }

    /** About what the cache holds. */
    long memoryBytes() {
        return youngBytes + oldBytes;
    }
}
