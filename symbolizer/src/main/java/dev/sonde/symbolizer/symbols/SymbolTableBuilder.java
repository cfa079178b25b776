package dev.sonde.symbolizer.symbols;

import dev.sonde.symbolizer.elf.ElfException;
import dev.sonde.symbolizer.elf.ElfReader;
import java.io.IOException;
import java.util.Arrays;

/**
 * Turns candidate symbols into a {@link SymbolTable}: sorts them, picks one name among aliases, gives symbols without
 * a size the room up to the next one, and records which symbol encloses which.
 */
final class SymbolTableBuilder {

    /** At one address, symbols of growing size that are kept; code has one, hand-written assembly two. */
    private static final int MAX_SIZES_AT_ADDRESS = 4;

    private static final int INDEX_MASK = SymbolColumns.MAX_SYMBOLS - 1;

    private final SymbolColumns in;
    private final NamePool names;
    private final long base;
    /** Offset from the base and index, sorted. */
    private final long[] order;

    /** Kept symbols as indices into {@link #in}, by address, then falling size. */
    private final int[] kept;

    private int keptCount;

    private SymbolTableBuilder(SymbolColumns in, NamePool names) throws ElfException {
        this.in = in;
        this.names = names;
        this.base = lowest(in);
        this.order = sorted(in, base);
        this.kept = new int[order.length];
    }

    /** The table of the candidates whose names are in the pool. */
    static SymbolTable build(SymbolColumns in, NamePool names) throws IOException {
        SymbolTableBuilder builder = new SymbolTableBuilder(in, names);
        builder.keepBestNames();
        builder.dropCoveredLabels();
        return builder.finish();
    }

    private static long lowest(SymbolColumns in) {
        long lowest = in.count == 0 ? 0 : in.address[0];
        for (int i = 1; i < in.count; i++) {
            if (Long.compareUnsigned(in.address[i], lowest) < 0) {
                lowest = in.address[i];
            }
        }
        return lowest;
    }

    private static long[] sorted(SymbolColumns in, long base) throws ElfException {
        long[] order = new long[in.count];
        int count = 0;
        for (int i = 0; i < in.count; i++) {
            long offset = in.address[i] - base;
            // Keeps addresses at 4 bytes a symbol; x86-64 code reaches 2 GiB either way.
            if (offset >>> 32 != 0) {
                throw ElfException.tooLarge(
                        "code addresses",
                        "0x" + Long.toHexString(base) + " to 0x" + Long.toHexString(in.address[i]),
                        "a span below 4 GiB");
            }
            if (in.name[i] > 0) {
                order[count++] = offset << SymbolColumns.INDEX_BITS | i;
            }
        }
        order = Arrays.copyOf(order, count);
        Arrays.sort(order);
        return order;
    }

    private void keepBestNames() {
        int from = 0;
        while (from < order.length) {
            long offset = order[from] >>> SymbolColumns.INDEX_BITS;
            int to = from + 1;
            while (to < order.length && order[to] >>> SymbolColumns.INDEX_BITS == offset) {
                to++;
            }
            keepBestNames(from, to);
            from = to;
        }
    }

    /** Of symbols at one address the best, and behind it better and better ones among those that reach further. */
    private void keepBestNames(int from, int to) {
        int first = keptCount;
        int best = best(from, to, -1);
        while (best >= 0 && keptCount - first < MAX_SIZES_AT_ADDRESS) {
            kept[keptCount++] = best;
            best = best(from, to, in.size[best] & 0xffff_ffffL);
        }
        for (int low = first, high = keptCount - 1; low < high; low++, high--) {
            int swap = kept[low];
            kept[low] = kept[high];
            kept[high] = swap;
        }
    }

    private int best(int from, int to, long largerThan) {
        int best = -1;
        for (int i = from; i < to; i++) {
            int next = (int) order[i] & INDEX_MASK;
            if ((in.size[next] & 0xffff_ffffL) > largerThan && (best < 0 || isBetter(next, best))) {
                best = next;
            }
        }
        return best;
    }

    private boolean isBetter(int a, int b) {
        int order = Integer.compare(SymbolRank.coarse(in.rank[a]), SymbolRank.coarse(in.rank[b]));
        if (order == 0) {
            order = Integer.compare(names.underscores(in.name[a]), names.underscores(in.name[b]));
        }
        if (order == 0) {
            order = Byte.compare(in.rank[a], in.rank[b]);
        }
        if (order == 0) {
            order = names.compare(in.name[a], in.name[b]);
        }
        return order == 0 ? Integer.compareUnsigned(in.size[a], in.size[b]) > 0 : order < 0;
    }

    /** A symbol without a size inside one that has a size is a label of that function, not a function. */
    private void dropCoveredLabels() {
        long covered = 0;
        int count = 0;
        for (int i = 0; i < keptCount; i++) {
            int index = kept[i];
            long start = in.address[index] - base;
            long size = in.size[index] & 0xffff_ffffL;
            if (size > 0 || start >= covered) {
                kept[count++] = index;
                covered = Math.max(covered, start + size);
            }
        }
        keptCount = count;
    }

    private SymbolTable finish() throws IOException {
        int[] starts = new int[keptCount];
        int[] sizes = new int[keptCount];
        byte[] ranks = new byte[keptCount];
        for (int i = 0; i < keptCount; i++) {
            int index = kept[i];
            starts[i] = (int) (in.address[index] - base);
            sizes[i] = SymbolRank.sized(in.rank[index]) ? in.size[index] : roomUntilNext(i);
            ranks[i] = in.rank[index];
        }
        SymbolColumns used = usedNames();
        NamePool pool = new NamePool();
        pool.addAll(ElfReader.of(names.bytes(), names.length()), used, 0);
        pool.trim();
        return new SymbolTable(
                base, starts, sizes, Arrays.copyOf(used.name, keptCount), ranks, parents(starts, sizes), pool);
    }

    private int roomUntilNext(int i) {
        long room = in.room[kept[i]] & 0xffff_ffffL;
        if (i + 1 < keptCount) {
            room = Math.min(room, in.address[kept[i + 1]] - in.address[kept[i]]);
        }
        return (int) room;
    }

    private SymbolColumns usedNames() throws ElfException {
        SymbolColumns used = new SymbolColumns();
        for (int i = 0; i < keptCount; i++) {
            used.add(0, 0, in.name[kept[i]], 0, (byte) 0);
        }
        return used;
    }

    /** For each symbol the nearest earlier one that ends after it; null when no symbol encloses another. */
    private static int[] parents(int[] starts, int[] sizes) {
        int[] parents = new int[starts.length];
        boolean any = false;
        int top = -1;
        for (int i = 0; i < starts.length; i++) {
            long end = end(starts, sizes, i);
            while (top >= 0 && end(starts, sizes, top) <= end) {
                top = parents[top];
            }
            parents[i] = top;
            any |= top >= 0;
            top = i;
        }
        return any ? parents : null;
    }

    private static long end(int[] starts, int[] sizes, int i) {
        return (starts[i] & 0xffff_ffffL) + (sizes[i] & 0xffff_ffffL);
    }
}
