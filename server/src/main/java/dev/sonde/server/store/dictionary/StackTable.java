package dev.sonde.server.store.dictionary;

import dev.sonde.server.store.StoreException;
import it.unimi.dsi.fastutil.HashCommon;
import it.unimi.dsi.fastutil.longs.Long2IntOpenHashMap;
import java.util.Arrays;

/**
 * Stacks as a tree of parent pointers: a node is (parent, location), its parent's id is smaller, and a stack is named by
 * the node of its leaf. Written by one thread; others read through a {@link View}.
 */
public final class StackTable {

    /** Parent of the roots. */
    public static final int NO_PARENT = -1;

    private static final int FREE = -1;

    /** Stacks whose leaf is remembered by hash: three times those of a large site, at 12 to 24 bytes. */
    private static final int MAX_KNOWN_STACKS = 1 << 20;

    /** Its two numbers and its slots, with the spare room of arrays that double. */
    private static final int NODE_BYTES = 24;

    private final int max;
    private final DictionaryBytes memory;
    private int[] parent = new int[1024];
    private int[] location = new int[1024];
    private int count;
    /** Open addressing with linear probing; at most half full. */
    private int[] slots = filled(4096);

    private final Long2IntOpenHashMap leafOfHash = new Long2IntOpenHashMap();

    /** A table that takes so many nodes, for which nothing else is a bound. */
    public StackTable(int max) {
        this(max, new DictionaryBytes(Long.MAX_VALUE));
    }

    StackTable(int max, DictionaryBytes memory) {
        this.max = max;
        this.memory = memory;
        leafOfHash.defaultReturnValue(FREE);
    }

    /** What the table held at one moment. Entries below the count never change. */
    public record View(int[] parent, int[] location, int count) {}

    /** How many nodes there are. */
    public int size() {
        return count;
    }

    /** What is in the table now. */
    public View view() {
        return new View(parent, location, count);
    }

    /** The leaf's node of the stack {@code locations[from .. to)}, the leaf first; at least one location. */
    public int intern(int[] locations, int from, int to) throws StoreException {
        long hash = hash(locations, from, to);
        int known = leafOfHash.get(hash);
        // After a truncation it may be the number of another node, or of none.
        if (known != FREE && known < count && isStack(known, locations, from, to)) {
            return known;
        }
        int node = NO_PARENT;
        for (int i = to - 1; i >= from; i--) {
            node = child(node, locations[i]);
        }
        if (leafOfHash.size() >= MAX_KNOWN_STACKS) {
            leafOfHash.clear();
        }
        leafOfHash.put(hash, node);
        return node;
    }

    /** Adds the next node as it was stored. */
    public void load(int nodeParent, int nodeLocation) throws StoreException {
        if (nodeParent < NO_PARENT || nodeParent >= count) {
            throw new StoreException(
                    "stack node " + count + ": parent " + nodeParent + " (expected: -1 to " + (count - 1) + ")");
        }
        add(nodeParent, nodeLocation, slot(nodeParent, nodeLocation));
    }

    /**
     * Forgets the nodes from an id on, of which no view may have been taken. What was added last stands in nobody's way
     * in the table of slots, so that the slots can be freed one by one from the end.
     */
    public void truncate(int size) {
        while (count > size) {
            int last = count - 1;
            slots[slot(parent[last], location[last])] = FREE;
            memory.giveBack(NODE_BYTES);
            count = last;
        }
    }

    /** Whether a node's path is this stack: hashes of hostile input may collide. */
    private boolean isStack(int leaf, int[] locations, int from, int to) {
        int node = leaf;
        for (int i = from; i < to; i++) {
            if (node == NO_PARENT || location[node] != locations[i]) {
                return false;
            }
            node = parent[node];
        }
        return node == NO_PARENT;
    }

    /** The node below a node, a new one if it is new. */
    public int child(int nodeParent, int nodeLocation) throws StoreException {
        int slot = slot(nodeParent, nodeLocation);
        return slots[slot] == FREE ? add(nodeParent, nodeLocation, slot) : slots[slot];
    }

    /** Where the node is, or where it belongs. */
    private int slot(int nodeParent, int nodeLocation) {
        int mask = slots.length - 1;
        int slot = (int) HashCommon.mix((long) nodeParent << 32 | (nodeLocation & 0xffffffffL)) & mask;
        while (slots[slot] != FREE && (parent[slots[slot]] != nodeParent || location[slots[slot]] != nodeLocation)) {
            slot = (slot + 1) & mask;
        }
        return slot;
    }

    private int add(int nodeParent, int nodeLocation, int slot) throws StoreException {
        if (count >= max) {
            throw new StoreException(
                    StoreException.Reason.FULL,
                    "stack nodes of this day: more than " + max + " (expected: at most that)");
        }
        memory.take(NODE_BYTES);
        if (count == parent.length) {
            parent = Arrays.copyOf(parent, count * 2);
            location = Arrays.copyOf(location, count * 2);
        }
        parent[count] = nodeParent;
        location[count] = nodeLocation;
        slots[slot] = count;
        int node = count++;
        if (count * 2L > slots.length) {
            rehash(slots.length * 2);
        }
        return node;
    }

    private void rehash(int length) {
        slots = filled(length);
        for (int node = 0; node < count; node++) {
            slots[slot(parent[node], location[node])] = node;
        }
    }

    private static long hash(int[] locations, int from, int to) {
        long hash = (long) to - from;
        for (int i = from; i < to; i++) {
            hash = HashCommon.mix(hash * 31 + locations[i]);
        }
        return hash;
    }

    private static int[] filled(int length) {
        int[] table = new int[length];
        Arrays.fill(table, FREE);
        return table;
    }
}
