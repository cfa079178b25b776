package dev.sonde.agent.aggregate;

import it.unimi.dsi.fastutil.objects.Object2IntOpenHashMap;
import java.util.ArrayList;
import java.util.List;

/** Equal values under one dense index. */
final class Interner<T> {

    /** What {@link #find} answers where there is no index. */
    static final int NONE = -1;

    private final List<T> values = new ArrayList<>();
    private final Object2IntOpenHashMap<T> indexes = new Object2IntOpenHashMap<>();

    Interner() {
        indexes.defaultReturnValue(NONE);
    }

    /** The index of a value that is there, or {@link #NONE}. */
    int find(T value) {
        return indexes.getInt(value);
    }

    /** The value's index. Allocates nothing for a value that is there. */
    int index(T value) {
        int index = indexes.getInt(value);
        if (index == NONE) {
            index = values.size();
            indexes.put(value, index);
            values.add(value);
        }
        return index;
    }

    T get(int index) {
        return values.get(index);
    }

    int size() {
        return values.size();
    }

    void clear() {
        values.clear();
        indexes.clear();
        indexes.trim();
    }
}
