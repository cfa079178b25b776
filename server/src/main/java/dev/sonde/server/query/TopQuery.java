package dev.sonde.server.query;

import dev.sonde.model.FrameKind;
import dev.sonde.server.query.TopFunctions.Function;
import dev.sonde.server.store.Cancellation;
import dev.sonde.server.store.ProfileStore;
import dev.sonde.server.store.Saturating;
import dev.sonde.server.store.StackTree;
import dev.sonde.server.store.StoreException;
import dev.sonde.server.store.StoreQuery;
import it.unimi.dsi.fastutil.ints.IntArrays;
import it.unimi.dsi.fastutil.objects.Object2IntOpenHashMap;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;

/** Tables of functions. */
public final class TopQuery {

    /** Most functions that may be asked for. */
    public static final int MAX_LIMIT = 100_000;

    private final ProfileStore store;
    private final FrameNamer namer;

    public TopQuery(ProfileStore store, FrameNamer namer) {
        this.store = Objects.requireNonNull(store, "store");
        this.namer = Objects.requireNonNull(namer, "namer");
    }

    /**
     * The functions in which most was spent.
     *
     * @param limit how many
     * @throws QueryException when the limit is out of range, or the type is not known
     */
    public TopFunctions run(StoreQuery query, int limit) throws StoreException, QueryException {
        if (limit < 1 || limit > MAX_LIMIT) {
            throw new QueryException("limit: " + limit + " (expected: 1 to " + MAX_LIMIT + ")");
        }
        StackTree stacks = QueryTypes.merge(store, query);
        Sums sums = new Sums(FrameTree.of(stacks, namer));
        return sums.top(query.selector().type(), stacks.valueType().unit(), limit);
    }

    /** A function: what inlined and not inlined frames have in common. */
    private record FunctionKey(String name, String file, String mapping, FrameKind kind) {}

    /** Sums by function. */
    static final class Sums {
        private final FrameTree tree;
        private final List<FunctionKey> keys = new ArrayList<>();
        private final int[] functionOf;
        private final long[] flat;
        private final long[] cum;
        private final Cancellation.Steps steps = Cancellation.steps();

        Sums(FrameTree tree) throws StoreException {
            this.tree = tree;
            Object2IntOpenHashMap<FunctionKey> ids = new Object2IntOpenHashMap<>();
            functionOf = new int[tree.frames().size()];
            for (int frame = 0; frame < functionOf.length; frame++) {
                steps.next();
                FrameTable.Key key = tree.frames().key(frame);
                functionOf[frame] = ids.computeIfAbsent(
                        new FunctionKey(key.name(), key.file(), key.mapping(), key.kind()), this::add);
            }
            flat = new long[keys.size()];
            cum = new long[keys.size()];
            sum();
        }

        private int add(Object key) {
            keys.add((FunctionKey) key);
            return keys.size() - 1;
        }

        /** Walks the tree; a function counts where none of its callers is the same function. */
        private void sum() throws StoreException {
            int[] onPath = new int[keys.size()];
            int node = tree.firstChild(FrameTree.ROOT);
            while (node > FrameTree.ROOT) {
                steps.next();
                int function = functionOf[tree.frame(node)];
                flat[function] = Saturating.add(flat[function], tree.self(node));
                if (onPath[function]++ == 0) {
                    cum[function] = Saturating.add(cum[function], tree.total(node));
                }
                if (tree.firstChild(node) >= 0) {
                    node = tree.firstChild(node);
                    continue;
                }
                while (node > FrameTree.ROOT && tree.nextSibling(node) < 0) {
                    onPath[functionOf[tree.frame(node)]]--;
                    node = tree.parent(node);
                }
                if (node > FrameTree.ROOT) {
                    onPath[functionOf[tree.frame(node)]]--;
                    node = tree.nextSibling(node);
                }
            }
        }

        TopFunctions top(String type, String unit, int limit) throws StoreException {
            int[] order = new int[keys.size()];
            for (int i = 0; i < order.length; i++) {
                order[i] = i;
            }
            IntArrays.mergeSort(order, this::compare);
            List<Function> functions = new ArrayList<>(Math.min(limit, order.length));
            long omitted = 0;
            for (int i = 0; i < order.length; i++) {
                steps.next();
                FunctionKey key = keys.get(order[i]);
                if (i < limit) {
                    functions.add(new Function(
                            key.name(), key.file(), key.mapping(), key.kind().word(), flat[order[i]], cum[order[i]]));
                } else {
                    omitted = Saturating.add(omitted, flat[order[i]]);
                }
            }
            return new TopFunctions(
                    type, unit, tree.total(FrameTree.ROOT), functions, order.length - functions.size(), omitted);
        }

        private int compare(int a, int b) {
            int byFlat = Long.compare(flat[b], flat[a]);
            int byCum = byFlat != 0 ? byFlat : Long.compare(cum[b], cum[a]);
            if (byCum != 0) {
                return byCum;
            }
            int byName = keys.get(a).name().compareTo(keys.get(b).name());
            int byFile = byName != 0
                    ? byName
                    : keys.get(a).file().compareTo(keys.get(b).file());
            int byMapping = byFile != 0
                    ? byFile
                    : keys.get(a).mapping().compareTo(keys.get(b).mapping());
            return byMapping != 0
                    ? byMapping
                    : keys.get(a).kind().compareTo(keys.get(b).kind());
        }
    }
}
