package dev.sonde.server.query;

import it.unimi.dsi.fastutil.ints.IntArrayList;
import it.unimi.dsi.fastutil.longs.LongArrayList;
import it.unimi.dsi.fastutil.objects.Object2IntLinkedOpenHashMap;
import java.math.BigDecimal;
import java.math.RoundingMode;
import java.util.ArrayList;
import java.util.BitSet;
import java.util.List;

/** Walks a frame tree and writes the nodes that are at least a share of all as columns, and what it cuts as such. */
final class FlameCut {

    private static final int NOT_THERE = -1;

    private final FrameTree tree;
    private final String share;
    private final long threshold;
    private final Object2IntLinkedOpenHashMap<String> names = new Object2IntLinkedOpenHashMap<>();
    private final Object2IntLinkedOpenHashMap<String> files = new Object2IntLinkedOpenHashMap<>();
    private final IntArrayList name = new IntArrayList();
    private final IntArrayList file = new IntArrayList();
    private final List<String> kind = new ArrayList<>();
    private final BitSet inlined = new BitSet();
    private final IntArrayList parent = new IntArrayList();
    private final LongArrayList self = new LongArrayList();
    private final LongArrayList total = new LongArrayList();

    private FlameCut(FrameTree tree, double minShare) {
        this.tree = tree;
        names.defaultReturnValue(NOT_THERE);
        files.defaultReturnValue(NOT_THERE);
        this.share = percent(minShare);
        // Exact: a double cannot hold every long.
        this.threshold = BigDecimal.valueOf(minShare)
                .multiply(BigDecimal.valueOf(tree.total(FrameTree.ROOT)))
                .setScale(0, RoundingMode.CEILING)
                .longValueExact();
    }

    /** The columns of a tree's nodes that are at least a share of all, 0 to 1; 0 = all. */
    static FlameColumns cut(FrameTree tree, String unit, double minShare) {
        return new FlameCut(tree, minShare).columns(unit);
    }

    private static String percent(double share) {
        return BigDecimal.valueOf(share).movePointRight(2).stripTrailingZeros().toPlainString() + "%";
    }

    private FlameColumns columns(String unit) {
        add(FlameColumns.ROOT_NAME, "", FlameColumns.ROOT_KIND, false, -1, tree.self(0), tree.total(0));
        int[] columnOf = new int[tree.size()];
        IntArrayList pending = new IntArrayList();
        pending.push(FrameTree.ROOT);
        while (!pending.isEmpty()) {
            int node = pending.popInt();
            if (node != FrameTree.ROOT) {
                columnOf[node] = add(node, columnOf[tree.parent(node)]);
            }
            int keptFrom = pending.size();
            long cut = 0;
            int cutFrames = 0;
            for (int child = tree.firstChild(node); child >= 0; child = tree.nextSibling(child)) {
                if (tree.total(child) >= threshold) {
                    pending.push(child);
                } else {
                    cut += tree.total(child);
                    cutFrames += frames(child);
                }
            }
            if (cutFrames > 0) {
                addRemainder(columnOf[node], cut, cutFrames);
            }
            reverse(pending, keptFrom);
        }
        return new FlameColumns(
                unit,
                List.copyOf(names.keySet()),
                List.copyOf(files.keySet()),
                name.toIntArray(),
                file.toIntArray(),
                kind.toArray(String[]::new),
                inlinedColumn(),
                parent.toIntArray(),
                self.toLongArray(),
                total.toLongArray());
    }

    /** So that the first child is taken first. */
    private static void reverse(IntArrayList stack, int from) {
        for (int i = from, j = stack.size() - 1; i < j; i++, j--) {
            int swapped = stack.getInt(i);
            stack.set(i, stack.getInt(j));
            stack.set(j, swapped);
        }
    }

    /** How many frames a subtree has. */
    private int frames(int top) {
        int frames = 1;
        int node = top;
        while (true) {
            if (tree.firstChild(node) >= 0) {
                node = tree.firstChild(node);
            } else {
                while (node != top && tree.nextSibling(node) < 0) {
                    node = tree.parent(node);
                }
                if (node == top) {
                    return frames;
                }
                node = tree.nextSibling(node);
            }
            frames++;
        }
    }

    private void addRemainder(int under, long value, int cutFrames) {
        String words = "[below " + share + ": " + cutFrames + (cutFrames == 1 ? " frame]" : " frames]");
        add(words, "", FlameColumns.REST_KIND, false, under, value, value);
    }

    private int add(int node, int under) {
        FrameTable.Key key = tree.frames().key(tree.frame(node));
        return add(key.name(), key.file(), key.kind().word(), key.inlined(), under, tree.self(node), tree.total(node));
    }

    private int add(
            String nodeName, String nodeFile, String nodeKind, boolean isInlined, int under, long own, long all) {
        name.add(index(names, nodeName));
        file.add(index(files, nodeFile));
        kind.add(nodeKind);
        inlined.set(parent.size(), isInlined);
        parent.add(under);
        self.add(own);
        total.add(all);
        return name.size() - 1;
    }

    private boolean[] inlinedColumn() {
        boolean[] column = new boolean[parent.size()];
        for (int i = 0; i < column.length; i++) {
            column[i] = inlined.get(i);
        }
        return column;
    }

    private static int index(Object2IntLinkedOpenHashMap<String> strings, String text) {
        int next = strings.size();
        int before = strings.putIfAbsent(text, next);
        return before == NOT_THERE ? next : before;
    }
}
