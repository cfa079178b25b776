package dev.sonde.server.query;

import dev.sonde.server.store.Cancellation;
import dev.sonde.server.store.Saturating;
import dev.sonde.server.store.StackTree;
import dev.sonde.server.store.StoreException;
import it.unimi.dsi.fastutil.HashCommon;
import java.util.Arrays;

/**
 * A stack tree by frames instead of locations: locations are spread into their frames, and equal frames under one parent
 * are one node. Node 0 is the root of all; every parent comes before its children, and siblings are in the order of
 * their names, so that the same samples always give the same tree.
 */
final class FrameTree {

    static final int ROOT = 0;
    static final int NO_FRAME = -1;

    private final FrameTable frames;
    private int count = 1;
    private int[] parent = {-1};
    private int[] frame = {NO_FRAME};
    private long[] self;
    private long[] total;
    private int[] firstChild;
    private int[] nextSibling;

    private FrameTree(FrameTable frames) {
        this.frames = frames;
    }

    /** The frames of the selected values of a stack tree. */
    static FrameTree of(StackTree stacks, FrameNamer namer) throws StoreException {
        FrameTree tree = new FrameTree(new FrameTable(stacks.locations(), namer));
        tree.build(stacks);
        tree.link();
        return tree;
    }

    private void build(StackTree stacks) throws StoreException {
        Cancellation.Steps steps = Cancellation.steps();
        int size = stacks.size();
        parent = Arrays.copyOf(parent, size + 1);
        frame = Arrays.copyOf(frame, size + 1);
        self = new long[size + 1];
        int[] nodeOf = new int[size];
        Slots slots = new Slots(size);
        for (int i = 0; i < size; i++) {
            steps.next();
            int node = stacks.parent()[i] < 0 ? ROOT : nodeOf[stacks.parent()[i]];
            for (int next : frames.frames(stacks.location()[i])) {
                node = slots.child(node, next);
            }
            nodeOf[i] = node;
            self[node] = Saturating.add(self[node], stacks.self()[i]);
        }
        self = Arrays.copyOf(self, count);
        total = self.clone();
        for (int node = count - 1; node > ROOT; node--) {
            steps.next();
            total[parent[node]] = Saturating.add(total[parent[node]], total[node]);
        }
        total[ROOT] = stacks.total();
    }

    /** Strings the children of each node together in the order of their frames: a counting sort by frame. */
    private void link() throws StoreException {
        Cancellation.Steps steps = Cancellation.steps();
        int[] order = nodesByFrame();
        firstChild = filled(count);
        nextSibling = filled(count);
        for (int i = order.length - 1; i >= 0; i--) {
            steps.next();
            int node = order[i];
            nextSibling[node] = firstChild[parent[node]];
            firstChild[parent[node]] = node;
        }
    }

    private int[] nodesByFrame() throws StoreException {
        Cancellation.Steps steps = Cancellation.steps();
        int[] start = new int[frames.size() + 1];
        int[] rank = new int[frames.size()];
        int[] sorted = frames.sorted();
        for (int i = 0; i < sorted.length; i++) {
            rank[sorted[i]] = i;
        }
        for (int node = 1; node < count; node++) {
            steps.next();
            start[rank[frame[node]] + 1]++;
        }
        for (int i = 1; i < start.length; i++) {
            start[i] += start[i - 1];
        }
        int[] order = new int[count - 1];
        for (int node = 1; node < count; node++) {
            steps.next();
            order[start[rank[frame[node]]]++] = node;
        }
        return order;
    }

    int size() {
        return count;
    }

    FrameTable frames() {
        return frames;
    }

    int parent(int node) {
        return parent[node];
    }

    /** The frame's number, {@link #NO_FRAME} for the root. */
    int frame(int node) {
        return frame[node];
    }

    long self(int node) {
        return self[node];
    }

    long total(int node) {
        return total[node];
    }

    /** The node's first child by name, or -1. */
    int firstChild(int node) {
        return firstChild[node];
    }

    /** The next child by name of the node's parent, or -1. */
    int nextSibling(int node) {
        return nextSibling[node];
    }

    private static int[] filled(int length) {
        int[] filled = new int[length];
        Arrays.fill(filled, -1);
        return filled;
    }

    /** Finds the child of a node by its frame; open addressing with linear probing, at most half full. */
    private final class Slots {
        private int[] slots;

        Slots(int expected) {
            slots = filled(HashCommon.nextPowerOfTwo(Math.max(16, expected * 2 + 2)));
        }

        int child(int node, int childFrame) {
            int slot = slot(node, childFrame);
            if (slots[slot] >= 0) {
                return slots[slot];
            }
            if (count == parent.length) {
                int length = count + (count >> 1) + 16;
                parent = Arrays.copyOf(parent, length);
                frame = Arrays.copyOf(frame, length);
                self = Arrays.copyOf(self, length);
            }
            parent[count] = node;
            frame[count] = childFrame;
            slots[slot] = count;
            int child = count++;
            if (count * 2L > slots.length) {
                rehash();
            }
            return child;
        }

        private int slot(int node, int childFrame) {
            int mask = slots.length - 1;
            int slot = (int) HashCommon.mix((long) node << 32 | childFrame) & mask;
            while (slots[slot] >= 0 && (parent[slots[slot]] != node || frame[slots[slot]] != childFrame)) {
                slot = (slot + 1) & mask;
            }
            return slot;
        }

        private void rehash() {
            slots = filled(slots.length * 2);
            for (int node = 1; node < count; node++) {
                slots[slot(parent[node], frame[node])] = node;
            }
        }
    }
}
