package dev.sonde.agent.kallsyms;

import it.unimi.dsi.fastutil.ints.Int2IntOpenHashMap;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;

/** Collects symbols in any order, drops those that name no code of their own, and sorts. */
final class SymbolTableBuilder {
    /** Symbols of a kernel and its modules: a distribution's has 200,000. What is beyond is left out. */
    static final int MAX_SYMBOLS = 1 << 20;

    /** Bytes of their names: 25 on average. */
    private static final int MAX_NAME_BYTES = 64 << 20;

    /** Where the code of the kernel and of its initialisation ends: no function is behind. */
    private static final byte[] TEXT_END = "_etext".getBytes(StandardCharsets.US_ASCII);

    private static final byte[] INIT_END = "_einittext".getBytes(StandardCharsets.US_ASCII);

    /** Padding in front of a function, which never runs: half of all symbols where there is any. */
    private static final byte[] PADDING = "__pfx_".getBytes(StandardCharsets.US_ASCII);

    /** What speaks for a name among those of one address; the sum is compared, the first of equals is taken. */
    private static final int RANK_BPF = 4;

    private static final int GLOBAL = 2;
    private static final int NO_UNDERSCORE = 1;

    /** Low half of the address, then the symbol's number. */
    private long[] keys = new long[1 << 14];

    private int[] starts = new int[1 << 14];
    private byte[] ranks = new byte[1 << 14];
    private int[] owners = new int[1 << 14];
    private byte[] names = new byte[1 << 18];
    private int count;
    private int nameBytes;

    /** Adds a function of an owner in {@link SymbolTable}; its name, not empty, is {@code text[start, start + length)}. */
    void add(long address, boolean global, int owner, byte[] text, int start, int length) {
        if (Long.compareUnsigned(address, SymbolTable.LOWEST_ADDRESS) < 0
                || count == MAX_SYMBOLS
                || nameBytes + length > MAX_NAME_BYTES
                || (length > PADDING.length
                        && Arrays.equals(text, start, start + PADDING.length, PADDING, 0, PADDING.length))) {
            return;
        }
        grow(length);
        keys[count] = address << 32 | count;
        starts[count] = nameBytes;
        owners[count] = owner;
        ranks[count] = (byte) ((owner == SymbolTable.BPF ? RANK_BPF : 0)
                + (global ? GLOBAL : 0)
                + (text[start] == '_' ? 0 : NO_UNDERSCORE));
        if (!is(TEXT_END, text, start, length) && !is(INIT_END, text, start, length)) {
            System.arraycopy(text, start, names, nameBytes, length);
            nameBytes += length;
        }
        count++;
    }

    private static boolean is(byte[] word, byte[] text, int start, int length) {
        return Arrays.equals(word, 0, word.length, text, start, start + length);
    }

    private void grow(int length) {
        if (count == keys.length) {
            keys = Arrays.copyOf(keys, count * 2);
            starts = Arrays.copyOf(starts, count * 2);
            ranks = Arrays.copyOf(ranks, count * 2);
            owners = Arrays.copyOf(owners, count * 2);
        }
        if (nameBytes + length > names.length) {
            names = Arrays.copyOf(names, Math.max(names.length * 2, nameBytes + length));
        }
    }

    /** The table; the builder is used up. */
    SymbolTable build() {
        Arrays.sort(keys, 0, count);
        int[] chosen = new int[count];
        int size = 0;
        for (int first = 0; first < count; size++) {
            int behind = first + 1;
            int best = (int) keys[first];
            for (; behind < count && keys[behind] >> 32 == keys[first] >> 32; behind++) {
                int symbol = (int) keys[behind];
                best = ranks[symbol] > ranks[best] ? symbol : best;
            }
            keys[size] = keys[first];
            chosen[size] = best;
            first = behind;
        }
        return table(chosen, size);
    }

    private SymbolTable table(int[] chosen, int size) {
        int[] addresses = new int[size];
        short[] kinds = new short[size];
        Int2IntOpenHashMap modules = new Int2IntOpenHashMap();
        try (NameBlocks.Writer kept = new NameBlocks.Writer(size)) {
            for (int i = 0; i < size; i++) {
                int symbol = chosen[i];
                int length = (symbol + 1 < count ? starts[symbol + 1] : nameBytes) - starts[symbol];
                kept.add(names, starts[symbol], length);
                addresses[i] = (int) (keys[i] >> 32);
                kinds[i] = length == 0 ? SymbolTable.NOBODY : owner(owners[symbol], modules);
            }
            return new SymbolTable(addresses, kept.finish(), kinds);
        }
    }

    /** Modules by the order in which they were met; those beyond what can be numbered count as one. */
    private static short owner(int owner, Int2IntOpenHashMap modules) {
        if (owner <= SymbolTable.KERNEL) {
            return (short) owner;
        }
        int next = Math.min(modules.size() + 1, Short.MAX_VALUE);
        int known = modules.putIfAbsent(owner, next);
        return (short) (known == modules.defaultReturnValue() ? next : known);
    }
}
