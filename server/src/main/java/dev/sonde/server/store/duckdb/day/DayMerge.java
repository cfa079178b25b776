package dev.sonde.server.store.duckdb.day;

import dev.sonde.model.ValueType;
import dev.sonde.server.store.Cancellation;
import dev.sonde.server.store.Saturating;
import dev.sonde.server.store.StoreException;
import dev.sonde.server.store.StoredLocation;
import dev.sonde.server.store.dictionary.DayDictionary;
import dev.sonde.server.store.dictionary.StackTable;
import it.unimi.dsi.fastutil.ints.IntArrayList;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.BitSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.duckdb.DuckDBDataChunkReader;
import org.duckdb.DuckDBReadableVector;

/**
 * Merges one day's stacks: the lists of all rows run through DuckDB's UNNEST as vectors (with this driver 27 M samples/s;
 * its list vectors come as objects, at a third of that) and are added into one dense array a value, by stack node.
 */
public final class DayMerge {

    /**
     * Bytes of one day's sums: an eighth of the heap, for several questions run at once, and at least twice what one
     * value takes of a full day.
     */
    private static final long MAX_SUM_BYTES =
            Math.max(128L << 20, Runtime.getRuntime().maxMemory() / 8);

    private final DayQuery query;
    private final List<ValueType> types;
    private final long[][] self;
    private final long[] total;

    /**
     * One day's part of an answer: the nodes under which something was counted.
     *
     * @param location index into the locations
     * @param self one array for each value
     */
    public record DayTree(int[] parent, int[] location, long[][] self, long[] total, List<StoredLocation> locations) {}

    private DayMerge(DayQuery query, List<ValueType> types) {
        this.query = query;
        this.types = types;
        this.self = new long[types.size()][query.dictionary().stacks().count()];
        this.total = new long[types.size()];
    }

    public static DayTree merge(DayQuery query, List<ValueType> types) throws SQLException, StoreException {
        checkSize(types.size(), query.dictionary().stacks().count(), MAX_SUM_BYTES);
        DayMerge merge = new DayMerge(query, types);
        if (!query.selectsNothing()) {
            merge.scan();
        }
        return merge.tree();
    }

    /** Refuses, before it is allocated, what does not fit. */
    static void checkSize(int types, int nodes, long maxBytes) throws StoreException {
        long bytes = (long) types * nodes * Long.BYTES;
        if (bytes > maxBytes) {
            throw new StoreException(
                    StoreException.Reason.FULL,
                    "merge: " + types + " sample types x " + nodes + " stack nodes, " + bytes
                            + " bytes (expected: at most " + maxBytes + "; ask for one sample type)");
        }
    }

    private void scan() throws SQLException, StoreException {
        for (Map.Entry<List<Integer>, IntArrayList> entry : shapesByColumns().entrySet()) {
            scan(entry.getKey(), entry.getValue());
        }
    }

    /** Shapes that keep the values in the same columns are read together. */
    private Map<List<Integer>, IntArrayList> shapesByColumns() {
        Map<List<Integer>, IntArrayList> shapes = new LinkedHashMap<>();
        IntArrayList ofType = query.shapesOfType();
        for (int i = 0; i < ofType.size(); i++) {
            List<ValueType> has =
                    query.dictionary().shapes().get(ofType.getInt(i)).sampleTypes();
            List<Integer> columns = types.stream().map(has::indexOf).toList();
            if (columns.stream().anyMatch(column -> column >= 0)) {
                shapes.computeIfAbsent(columns, key -> new IntArrayList()).add(ofType.getInt(i));
            }
        }
        return shapes;
    }

    private void scan(List<Integer> columns, IntArrayList shapes) throws SQLException, StoreException {
        StringBuilder sql = new StringBuilder("SELECT unnest(stack)");
        int[] value = new int[columns.size()];
        int present = 0;
        for (int i = 0; i < value.length; i++) {
            if (columns.get(i) >= 0) {
                sql.append(", unnest(")
                        .append(DaySchema.valueColumn(columns.get(i)))
                        .append(')');
                value[present++] = i;
            }
        }
        boolean filtered = query.needsSeries();
        if (filtered) {
            sql.append(", series, unnest(label_set)");
        }
        sql.append(" FROM profile WHERE ").append(query.where(shapes));
        int[] valueOf = Arrays.copyOf(value, present);
        Scan.chunks(query.reader().connection(), sql.toString(), chunk -> add(chunk, valueOf, filtered));
    }

    private void add(DuckDBDataChunkReader chunk, int[] valueOf, boolean filtered) {
        int rows = (int) chunk.rowCount();
        DuckDBReadableVector stack = chunk.vector(0);
        boolean[] selected = filtered ? selected(chunk, rows, 1 + valueOf.length) : null;
        for (int i = 0; i < valueOf.length; i++) {
            DuckDBReadableVector value = chunk.vector(1 + i);
            long[] sums = self[valueOf[i]];
            long sum = 0;
            for (int row = 0; row < rows; row++) {
                if (selected == null || selected[row]) {
                    int node = stack.getInt(row);
                    long added = value.getLong(row);
                    sums[node] = Saturating.add(sums[node], added);
                    sum = Saturating.add(sum, added);
                }
            }
            total[valueOf[i]] = Saturating.add(total[valueOf[i]], sum);
        }
    }

    private boolean[] selected(DuckDBDataChunkReader chunk, int rows, int column) {
        DuckDBReadableVector series = chunk.vector(column);
        DuckDBReadableVector labelSet = chunk.vector(column + 1);
        boolean[] selected = new boolean[rows];
        for (int row = 0; row < rows; row++) {
            // Null where no sample of the profile has labels.
            selected[row] = query.filter().selects(series.getInt(row), labelSet.getInt(row, DayDictionary.NO_LABELS));
        }
        return selected;
    }

    /** Keeps the nodes under which something was counted: bottom-up for what they are, top-down for their new ids. */
    private DayTree tree() throws StoreException {
        BitSet kept = kept();
        int count = kept.cardinality();
        int[] parent = query.dictionary().stacks().parent();
        int[] location = query.dictionary().stacks().location();
        int[] newId = new int[query.dictionary().stacks().count()];
        int[] newLocation = new int[query.dictionary().locations().count()];
        Arrays.fill(newLocation, -1);
        List<StoredLocation> locations = new ArrayList<>();
        DayTree tree = new DayTree(new int[count], new int[count], new long[types.size()][count], total, locations);
        Cancellation.Steps steps = Cancellation.steps();
        int next = 0;
        for (int node = kept.nextSetBit(0); node >= 0; node = kept.nextSetBit(node + 1)) {
            steps.next();
            int at = location[node];
            if (newLocation[at] < 0) {
                newLocation[at] = locations.size();
                locations.add(query.dictionary().storedLocation(at));
            }
            tree.parent[next] = parent[node] == StackTable.NO_PARENT ? -1 : newId[parent[node]];
            tree.location[next] = newLocation[at];
            for (int i = 0; i < self.length; i++) {
                tree.self[i][next] = self[i][node];
            }
            newId[node] = next++;
        }
        return tree;
    }

    private BitSet kept() throws StoreException {
        Cancellation.Steps steps = Cancellation.steps();
        int[] parent = query.dictionary().stacks().parent();
        int nodes = query.dictionary().stacks().count();
        BitSet kept = new BitSet(nodes);
        for (int node = nodes - 1; node >= 0; node--) {
            steps.next();
            if (kept.get(node) || counted(node)) {
                kept.set(node);
                if (parent[node] != StackTable.NO_PARENT) {
                    kept.set(parent[node]);
                }
            }
        }
        return kept;
    }

    private boolean counted(int node) {
        for (long[] values : self) {
            if (values[node] != 0) {
                return true;
            }
        }
        return false;
    }
}
