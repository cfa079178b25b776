package dev.sonde.server.query;

import dev.sonde.server.store.Cancellation;
import dev.sonde.server.store.Saturating;
import dev.sonde.server.store.StackTree;
import dev.sonde.server.store.StoreException;

/** What lies below each node of a stack tree: its children, their sum and their number. No name is needed for it. */
final class StackIndex {

    private final long[] total;
    private final int[] nodes;
    /** The children of node i are {@code child[childStart[i + 1]]} up to {@code childStart[i + 2]}; of no node, from 0. */
    private final int[] childStart;

    private final int[] child;

    StackIndex(StackTree stacks) throws StoreException {
        Cancellation.Steps steps = Cancellation.steps();
        int size = stacks.size();
        int[] parent = stacks.parent();
        total = stacks.self().clone();
        nodes = new int[size];
        childStart = new int[size + 2];
        for (int node = size - 1; node >= 0; node--) {
            steps.next();
            nodes[node]++;
            childStart[parent[node] + 2]++;
            if (parent[node] >= 0) {
                total[parent[node]] = Saturating.add(total[parent[node]], total[node]);
                nodes[parent[node]] += nodes[node];
            }
        }
        for (int i = 1; i < childStart.length; i++) {
            childStart[i] += childStart[i - 1];
        }
        child = new int[size];
        int[] next = childStart.clone();
        for (int node = 0; node < size; node++) {
            steps.next();
            child[next[parent[node] + 1]++] = node;
        }
    }

    /** What went through a node. */
    long total(int node) {
        return total[node];
    }

    /** How many nodes a node's subtree has, itself included. */
    int nodes(int node) {
        return nodes[node];
    }

    /** Index of a node's first child for {@link #child}; node -1 has the roots as its children. */
    int childrenFrom(int node) {
        return childStart[node + 1];
    }

    /** Index after a node's last child. */
    int childrenTo(int node) {
        return childStart[node + 2];
    }

    /** The node at an index. */
    int child(int index) {
        return child[index];
    }
}
