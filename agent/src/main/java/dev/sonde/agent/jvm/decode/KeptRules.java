package dev.sonde.agent.jvm.decode;

import dev.sonde.symbolizer.cfi.UnwindRule;
import it.unimi.dsi.fastutil.objects.Object2IntOpenHashMap;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/**
 * The rules of a blob as they are kept while its JVM runs, some hundred bytes each: a JVM has a thousand such blobs, a
 * machine a hundred JVMs. Immutable.
 */
final class KeptRules {

    /** A row is its offset, below {@link StableCode#MAX_BLOB_BYTES}, and the number of its rule. */
    private static final int NUMBER_BITS = 12;

    private static final int NUMBER_MASK = (1 << NUMBER_BITS) - 1;

    private final int codeBytes;
    private final int codeHash;
    private final int[] rows;
    private final CodeRules.Bytes covered;

    /** The rules of one JVM's blobs by numbers; some 200. */
    static final class Pool {
        private static final int NONE = -1;

        private final Object2IntOpenHashMap<UnwindRule> numbers = new Object2IntOpenHashMap<>();
        private final List<UnwindRule> rules = new ArrayList<>();

        Pool() {
            numbers.defaultReturnValue(NONE);
        }

        boolean isFull() {
            return rules.size() > NUMBER_MASK;
        }

        /** The number of a rule, {@link #NONE} where there is no room for it. */
        private int number(UnwindRule rule) {
            int number = numbers.getInt(rule);
            if (number == NONE && !isFull()) {
                number = rules.size();
                numbers.put(rule, number);
                rules.add(rule);
            }
            return number;
        }
    }

    private KeptRules(StableBlob blob, int[] rows, CodeRules.Bytes covered) {
        this.codeBytes = blob.code().length;
        this.codeHash = Arrays.hashCode(blob.code());
        this.rows = rows;
        this.covered = covered;
    }

    /** The rules of a blob of at most {@link StableCode#MAX_BLOB_BYTES}; null where the pool is full. */
    static KeptRules of(StableBlob blob, CodeRules rules, Pool pool) {
        int[] rows = new int[rules.rows()];
        for (int i = 0; i < rows.length; i++) {
            int number = pool.number(rules.rule(i));
            if (number == Pool.NONE) {
                return null;
            }
            rows[i] = rules.offset(i) << NUMBER_BITS | number;
        }
        return new KeptRules(blob, rows, rules.bytes());
    }

    /** Whether they are those of this blob: its code is still what it was. */
    boolean areOf(StableBlob blob) {
        return codeBytes == blob.code().length && codeHash == Arrays.hashCode(blob.code());
    }

    /** @param pool in which they were numbered */
    CodeRules rules(Pool pool) {
        CodeRules all = new CodeRules();
        for (int row : rows) {
            all.row(row >>> NUMBER_BITS, pool.rules.get(row & NUMBER_MASK));
        }
        all.bytes(covered);
        return all;
    }
}
