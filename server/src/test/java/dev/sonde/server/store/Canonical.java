package dev.sonde.server.store;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/** Answers in a form that does not depend on how a store numbers its nodes. */
final class Canonical {

    private Canonical() {}

    /** Path of locations to values, and what else a tree says. */
    static Map<String, String> of(StackTree tree) {
        Map<String, String> canonical = new TreeMap<>();
        List<String> paths = new ArrayList<>();
        for (int i = 0; i < tree.size(); i++) {
            String own = tree.locations().get(tree.location()[i]).toString();
            paths.add((tree.parent()[i] < 0 ? "" : paths.get(tree.parent()[i]) + "\n") + own);
            List<Long> values = new ArrayList<>();
            for (StackTree.ValueColumn column : tree.values()) {
                values.add(column.self()[i]);
            }
            String twin = canonical.put(paths.get(i), values.toString());
            if (twin != null) {
                throw new AssertionError("two nodes of one path: " + paths.get(i));
            }
        }
        for (StackTree.ValueColumn column : tree.values()) {
            canonical.put("total of " + column.type(), Long.toString(column.total()));
        }
        canonical.put("selected", tree.valueType().toString());
        canonical.put("period", tree.period().toString());
        return canonical;
    }

    /** Lines with their points. */
    static List<String> of(List<ProfileStore.PointSeries> series) {
        List<String> canonical = new ArrayList<>();
        for (ProfileStore.PointSeries line : series) {
            StringBuilder text = new StringBuilder(line.labels() + " " + line.unit());
            for (int i = 0; i < line.timeNanos().length; i++) {
                text.append(' ').append(line.timeNanos()[i]).append('=').append(line.value()[i]);
            }
            canonical.add(text.toString());
        }
        return canonical;
    }
}
