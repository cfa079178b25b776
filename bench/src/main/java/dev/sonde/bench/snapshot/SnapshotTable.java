package dev.sonde.bench.snapshot;

import dev.sonde.agent.kernel.code.UnwindTableImage;
import dev.sonde.agent.kernel.code.UnwindTableImage.Segment;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.List;
import java.util.SortedMap;
import java.util.TreeMap;

/**
 * What some look-ups touch of a file's table (unwind/table_format.h): the entries of their pages, the rows of these, the
 * rules found. All else is zero.
 *
 * @param shape the whole table's numbers
 * @param blocks those with something in them, by their number
 */
public record SnapshotTable(UnwindTableImage shape, SortedMap<Integer, byte[]> blocks) {

    private static final int BLOCK_BYTES = UnwindTableImage.BLOCK_BYTES;
    private static final int PAGE_BYTES = 8;
    private static final int ROW_BYTES = 4;
    private static final int RULE_BYTES = 16;

    /** The piece for some places in the file, by their offset. */
    public static SnapshotTable of(UnwindTableImage whole, List<Long> fileOffsets) throws IOException {
        SnapshotTable piece = new SnapshotTable(whole, new TreeMap<>());
        for (long offset : fileOffsets) {
            for (Segment segment : whole.segments()) {
                if (offset >= segment.begin() && offset < segment.end()) {
                    piece.add(offset + segment.toTable());
                }
            }
        }
        return piece;
    }

    /** The piece of a JVM's table for some places in its code; with it the last block, whole, which describes the JVM. */
    public static SnapshotTable ofJvm(UnwindTableImage whole, List<Long> places) throws IOException {
        SnapshotTable piece = new SnapshotTable(whole, new TreeMap<>());
        for (long place : places) {
            // Methods lie outside of it.
            if (place >>> whole.pageBits() < whole.pages()) {
                piece.add(place);
            }
        }
        piece.keep(whole.blockCount() - 1, 0, BLOCK_BYTES);
        return piece;
    }

    private void add(long place) throws IOException {
        int page = (int) (place >>> shape.pageBits());
        int inPage = (int) place & ((1 << shape.pageBits()) - 1);
        ByteBuffer entry = keep(shape.indexBlock(), (long) page * PAGE_BYTES, PAGE_BYTES);
        int firstRow = entry.getInt();
        int rows = entry.getShort() & 0xffff;
        int rule = entry.getShort() & 0xffff;
        if (rows > 0) {
            ByteBuffer found = keep(0, (long) firstRow * ROW_BYTES, rows * ROW_BYTES);
            for (int i = 0; i < rows; i++) {
                int from = found.getShort() & 0xffff;
                int number = found.getShort() & 0xffff;
                rule = from <= inPage ? number : rule;
            }
        }
        keep(shape.ruleBlock(), (long) rule * RULE_BYTES, RULE_BYTES);
    }

    /** Copies bytes of one block of the whole table; what is asked for never straddles two. */
    private ByteBuffer keep(int firstBlock, long at, int length) throws IOException {
        int number = firstBlock + (int) (at / BLOCK_BYTES);
        int from = (int) (at % BLOCK_BYTES);
        byte[] block = new byte[BLOCK_BYTES];
        shape.blocks().read(number, block);
        byte[] kept = blocks.computeIfAbsent(number, key -> new byte[BLOCK_BYTES]);
        System.arraycopy(block, from, kept, from, length);
        return ByteBuffer.wrap(block, from, length).order(ByteOrder.LITTLE_ENDIAN);
    }

    UnwindTableImage image() {
        return shape.withBlocks((number, into) ->
                System.arraycopy(blocks.getOrDefault(number, new byte[BLOCK_BYTES]), 0, into, 0, BLOCK_BYTES));
    }
}
