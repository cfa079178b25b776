package dev.sonde.server.store.dictionary;

import dev.sonde.server.store.StoreException;
import it.unimi.dsi.fastutil.objects.Object2IntOpenHashMap;
import java.util.Arrays;
import java.util.function.ToLongFunction;

/** Values with dense ids from 0. Written by one thread; others read through a {@link View}. */
public final class ValueTable<T> {

    /** The value's object, its place in the array and in the hash table, all with their spare room. */
    private static final int ENTRY_BYTES = 80;

    private final String name;
    private final int max;
    private final DictionaryBytes memory;
    private final ToLongFunction<T> bytesOf;
    private final Object2IntOpenHashMap<T> ids = new Object2IntOpenHashMap<>();
    private Object[] values = new Object[16];
    private int count;

    /**
     * An empty table.
     *
     * @param bytesOf what a value holds beside its own object
     */
    ValueTable(String name, int max, DictionaryBytes memory, ToLongFunction<T> bytesOf) {
        this.name = name;
        this.max = max;
        this.memory = memory;
        this.bytesOf = bytesOf;
        ids.defaultReturnValue(-1);
    }

    /** What the table held at one moment. Entries below the count never change. */
    public record View<T>(Object[] values, int count) {
        /** The value of an id below the count. */
        @SuppressWarnings("unchecked") // Only a table of T makes a view of T.
        public T get(int id) {
            return (T) values[id];
        }
    }

    /** How many values there are. */
    public int size() {
        return count;
    }

    /** What is in the table now. */
    public View<T> view() {
        return new View<>(values, count);
    }

    /**
     * The value's id, a new one if it is new.
     *
     * @throws StoreException with reason FULL
     */
    public int intern(T value) throws StoreException {
        int id = ids.getInt(value);
        return id >= 0 ? id : load(value);
    }

    /** Whether an equal value is there. */
    boolean contains(T value) {
        return ids.containsKey(value);
    }

    /** Adds the next value as it was stored, whether or not an equal one is there; returns its id. */
    public int load(T value) throws StoreException {
        if (count >= max) {
            throw new StoreException(
                    StoreException.Reason.FULL,
                    name + " of this day: more than " + max + " distinct ones (expected: at most that)");
        }
        memory.take(bytes(value));
        if (count == values.length) {
            values = Arrays.copyOf(values, count + (count >> 1));
        }
        values[count] = value;
        ids.putIfAbsent(value, count);
        return count++;
    }

    private long bytes(T value) {
        return ENTRY_BYTES + bytesOf.applyAsLong(value);
    }

    /** Forgets the values from an id on, of which no view may have been taken. */
    void truncate(int size) {
        View<T> view = view();
        for (int id = size; id < count; id++) {
            ids.removeInt(view.get(id));
            memory.giveBack(bytes(view.get(id)));
        }
        Arrays.fill(values, size, count, null);
        count = size;
    }
}
