package dev.sonde.server.query;

import it.unimi.dsi.fastutil.ints.IntArrayList;
import it.unimi.dsi.fastutil.longs.LongArrayList;
import it.unimi.dsi.fastutil.objects.Object2IntLinkedOpenHashMap;
import java.util.ArrayList;
import java.util.BitSet;
import java.util.List;

/** Writes the nodes of a flame graph into columns, each string once. */
final class FlameWriter {

    private static final int NOT_THERE = -1;

    private final Object2IntLinkedOpenHashMap<String> names = new Object2IntLinkedOpenHashMap<>();
    private final Object2IntLinkedOpenHashMap<String> files = new Object2IntLinkedOpenHashMap<>();
    private final Object2IntLinkedOpenHashMap<String> mappings = new Object2IntLinkedOpenHashMap<>();
    private final IntArrayList name = new IntArrayList();
    private final IntArrayList file = new IntArrayList();
    private final IntArrayList mapping = new IntArrayList();
    private final List<String> kind = new ArrayList<>();
    private final BitSet inlined = new BitSet();
    private final IntArrayList parent = new IntArrayList();
    private final LongArrayList self = new LongArrayList();
    private final LongArrayList total = new LongArrayList();

    FlameWriter() {
        names.defaultReturnValue(NOT_THERE);
        files.defaultReturnValue(NOT_THERE);
        mappings.defaultReturnValue(NOT_THERE);
    }

    /** Adds a node that is no frame of a profile, and returns its index. */
    int add(String nodeName, String nodeKind, int under, long own, long all) {
        return add(new Strings(nodeName, "", "", nodeKind), false, under, own, all);
    }

    /** Adds a frame under a node, and returns its index. */
    int add(FrameTable.Key key, int under, long own, long all) {
        return add(
                new Strings(key.name(), key.file(), key.mapping(), key.kind().word()), key.inlined(), under, own, all);
    }

    /** A node's words. */
    private record Strings(String name, String file, String mapping, String kind) {}

    private int add(Strings node, boolean isInlined, int under, long own, long all) {
        name.add(index(names, node.name()));
        file.add(index(files, node.file()));
        mapping.add(index(mappings, node.mapping()));
        kind.add(node.kind());
        inlined.set(parent.size(), isInlined);
        parent.add(under);
        self.add(own);
        total.add(all);
        return name.size() - 1;
    }

    /** All that was added. */
    FlameColumns columns(String unit) {
        return new FlameColumns(
                unit,
                List.copyOf(names.keySet()),
                List.copyOf(files.keySet()),
                List.copyOf(mappings.keySet()),
                name.toIntArray(),
                file.toIntArray(),
                mapping.toIntArray(),
                kind.toArray(String[]::new),
                inlinedColumn(),
                parent.toIntArray(),
                self.toLongArray(),
                total.toLongArray());
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
