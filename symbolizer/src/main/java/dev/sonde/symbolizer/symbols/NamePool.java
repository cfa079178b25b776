package dev.sonde.symbolizer.symbols;

import dev.sonde.symbolizer.elf.ElfException;
import dev.sonde.symbolizer.elf.ElfReader;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;

/**
 * The names that are used out of a string table, each ended by a zero byte. Names that share their ends in the string
 * table share them here, so the pool is never longer than the table, whatever the symbols point at.
 */
final class NamePool {

    /** More than the string tables of the largest programs known, whole; and positions stay ints. */
    static final int MAX_POOL_BYTES = 128 << 20;

    /** Beyond this a name is no name; the longest that compilers emit in practice stay below. */
    static final int MAX_NAME_BYTES = 64 * 1024;

    /** Ranking aliases looks no further, so that hostile tables of long equal names stay linear. */
    private static final int COMPARED_BYTES = 256;

    private static final byte[] PLT = "plt".getBytes(StandardCharsets.US_ASCII);

    /** What glibc puts before the names that it uses inside (include/libc-symbols.h). */
    private static final byte[] HIDDEN = "__GI_".getBytes(StandardCharsets.US_ASCII);

    private static final int FIRST_CAPACITY = 16 * 1024;

    private byte[] bytes = new byte[FIRST_CAPACITY];
    private int length;

    NamePool() {
        // Position 0 is the empty name, as in a string table.
        length = 1;
    }

    int length() {
        return length;
    }

    byte[] bytes() {
        return bytes;
    }

    /**
     * Copies the names of symbols {@code [from, columns.count)} and turns their offsets into positions here; negative
     * where a name is too long or not ended.
     */
    void addAll(ElfReader table, SymbolColumns columns, int from) throws IOException {
        long[] order = new long[columns.count - from];
        for (int i = 0; i < order.length; i++) {
            order[i] = (columns.name[from + i] & 0xffff_ffffL) << SymbolColumns.INDEX_BITS | i;
        }
        Arrays.sort(order);
        // Counted before they are copied: growing would hold all names twice, and whoever extracts has little memory.
        reserve(bytesOf(table, order));
        addSorted(table, order, columns, from);
    }

    /** The bytes of the names that {@link #addSorted} will copy. */
    private static long bytesOf(ElfReader table, long[] order) throws IOException {
        long sum = 0;
        long copiedTo = -1;
        long end = -1;
        for (long key : order) {
            long offset = key >>> SymbolColumns.INDEX_BITS;
            if (offset > end) {
                end = table.indexOfNul(offset);
            }
            boolean named = end < table.sizeBytes() && end - offset <= MAX_NAME_BYTES;
            if (named && offset > copiedTo) {
                copiedTo = end;
                sum += end - offset + 1;
            }
        }
        return sum;
    }

    private void addSorted(ElfReader table, long[] order, SymbolColumns columns, int from) throws IOException {
        long copiedFrom = 0;
        long copiedTo = -1;
        int copiedAt = 0;
        long end = -1;
        for (long key : order) {
            long offset = key >>> SymbolColumns.INDEX_BITS;
            int index = from + (int) (key & (SymbolColumns.MAX_SYMBOLS - 1));
            if (offset > end) {
                end = table.indexOfNul(offset);
            }
            if (end == table.sizeBytes() || end - offset > MAX_NAME_BYTES) {
                columns.name[index] = -1;
                continue;
            }
            if (offset > copiedTo) {
                copiedFrom = offset;
                copiedTo = end;
                copiedAt = append(table, offset, (int) (end - offset));
            }
            columns.name[index] = copiedAt + (int) (offset - copiedFrom);
        }
    }

    /** Appends the name at {@code position} with {@code @plt} behind it and returns where it stands. */
    int addPlt(int position) throws ElfException {
        int nameLength = nameLength(position);
        reserve(nameLength + 1 + PLT.length + 1);
        int at = length;
        System.arraycopy(bytes, position, bytes, at, nameLength);
        bytes[at + nameLength] = '@';
        System.arraycopy(PLT, 0, bytes, at + nameLength + 1, PLT.length);
        length = at + nameLength + 1 + PLT.length;
        bytes[length++] = 0;
        return at;
    }

    private int append(ElfReader table, long offset, int nameBytes) throws IOException {
        reserve(nameBytes + 1);
        int at = length;
        table.copy(offset, bytes, at, nameBytes);
        length += nameBytes;
        bytes[length++] = 0;
        return at;
    }

    private void reserve(long more) throws ElfException {
        if (more > MAX_POOL_BYTES - length) {
            throw ElfException.tooLarge("symbol names", "more than " + MAX_POOL_BYTES + " bytes", "at most that many");
        }
        if (more > bytes.length - length) {
            // By an eighth: what comes behind the names of a table is little.
            bytes = Arrays.copyOf(
                    bytes, (int) Math.max(length + more, Math.min(MAX_POOL_BYTES, bytes.length / 8 * 9L)));
        }
    }

    /** Gives back what growing took too much, where that is worth a copy. */
    void trim() {
        if (bytes.length - length > length / 8) {
            bytes = Arrays.copyOf(bytes, length);
        }
    }

    /** The name at a position, without its symbol version ({@code @@GLIBC_2.2.5}); UTF-8. */
    String name(int position) {
        return new String(bytes, position, nameLength(position), StandardCharsets.UTF_8);
    }

    /** The length of the name at a position: to its zero byte or its version. */
    int nameLength(int position) {
        return nameLength(position, MAX_NAME_BYTES);
    }

    private int nameLength(int position, int limit) {
        int at = position;
        while (bytes[at] != 0 && at - position < limit) {
            if (bytes[at] == '@' && at > position && !isPlt(at + 1)) {
                break;
            }
            at++;
        }
        return at - position;
    }

    private boolean isPlt(int at) {
        int end = at + PLT.length;
        return end < length && bytes[end] == 0 && Arrays.equals(bytes, at, end, PLT, 0, PLT.length);
    }

    /** Orders two names of one address: the shorter first, then by bytes. */
    int compare(int a, int b) {
        int lengthA = nameLength(a, COMPARED_BYTES);
        int lengthB = nameLength(b, COMPARED_BYTES);
        return lengthA != lengthB
                ? Integer.compare(lengthA, lengthB)
                : Arrays.compareUnsigned(bytes, a, a + lengthA, bytes, b, b + lengthB);
    }

    /** How internal a name looks: its leading underscores, and above all others glibc's hidden aliases. */
    int underscores(int position) {
        int count = 0;
        while (bytes[position + count] == '_' && count < COMPARED_BYTES) {
            count++;
        }
        boolean hidden = position + HIDDEN.length <= length
                && Arrays.equals(bytes, position, position + HIDDEN.length, HIDDEN, 0, HIDDEN.length);
        return hidden ? COMPARED_BYTES : count;
    }
}
