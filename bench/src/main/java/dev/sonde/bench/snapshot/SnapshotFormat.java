package dev.sonde.bench.snapshot;

import static java.lang.foreign.ValueLayout.JAVA_BYTE;

import dev.sonde.agent.kernel.code.JvmImage;
import dev.sonde.agent.kernel.code.UnwindTableImage;
import dev.sonde.agent.kernel.code.UnwindTableImage.Segment;
import dev.sonde.agent.unwind.host.HostMapping;
import dev.sonde.agent.unwind.host.HostMemory;
import dev.sonde.agent.unwind.host.HostUnwinder;
import java.io.IOException;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.SortedMap;
import java.util.TreeMap;

/**
 * A snapshot as bytes, little-endian: the counts of mappings, pieces of memory, tables and addresses (4 bytes each), the
 * stack's top, the registers; then these in this order. Mappings are {@code struct sonde_host_mapping}; a piece of
 * memory is its start, its length and its bytes, filled up to 8; a table is a {@code struct sonde_unwind_file}, the
 * count of its blocks, the count of those that follow, each behind its number (8 bytes each). That of a JVM ends with a
 * {@code struct sonde_jvm_process}. The fuzzer's driver reads it too (fuzz/unwind.c).
 */
public final class SnapshotFormat {

    private static final int MAX_BYTES = 8 << 20;

    private SnapshotFormat() {}

    /** Writes a snapshot. */
    public static byte[] write(StackSnapshot snapshot) {
        ByteBuffer out = ByteBuffer.allocate(MAX_BYTES).order(ByteOrder.LITTLE_ENDIAN);
        out.putInt(snapshot.mappings().size()).putInt(snapshot.memory().size());
        out.putInt(snapshot.tables().size()).putInt(snapshot.addresses().length);
        out.putLong(snapshot.stackTop()).put(snapshot.registers().toArray(JAVA_BYTE));
        for (HostMapping mapping : snapshot.mappings()) {
            out.putLong(mapping.start()).putLong(mapping.end()).putLong(mapping.fileOffset());
            out.putInt(mapping.executable() ? 1 : 0).putInt(mapping.table());
        }
        for (HostMemory memory : snapshot.memory()) {
            out.putLong(memory.start()).putLong(memory.content().byteSize());
            out.put(memory.content().toArray(JAVA_BYTE));
            out.position((out.position() + 7) & -8);
        }
        snapshot.tables().forEach(table -> writeTable(table, out));
        for (long address : snapshot.addresses()) {
            out.putLong(address);
        }
        out.put(snapshot.jvm());
        byte[] bytes = new byte[out.position()];
        out.get(0, bytes);
        return bytes;
    }

    private static void writeTable(SnapshotTable table, ByteBuffer out) {
        UnwindTableImage shape = table.shape();
        out.putLong(0).putInt(0).putInt(shape.indexBlock()).putInt(shape.ruleBlock());
        out.putInt(shape.pages()).putInt(shape.pageBits()).putInt(0);
        for (int i = 0; i < UnwindTableImage.MAX_SEGMENTS; i++) {
            Segment segment = i < shape.segments().size() ? shape.segments().get(i) : new Segment(0, 0, 0);
            out.putLong(segment.begin()).putLong(segment.end()).putLong(segment.toTable());
        }
        out.putLong(shape.blockCount()).putLong(table.blocks().size());
        for (Map.Entry<Integer, byte[]> block : table.blocks().entrySet()) {
            out.putLong(block.getKey()).put(block.getValue());
        }
    }

    /** Reads a snapshot. */
    public static StackSnapshot read(byte[] bytes) throws IOException {
        ByteBuffer in = ByteBuffer.wrap(bytes).order(ByteOrder.LITTLE_ENDIAN);
        int mappingCount = in.getInt();
        int memoryCount = in.getInt();
        int tableCount = in.getInt();
        int addressCount = in.getInt();
        long stackTop = in.getLong();
        MemorySegment registers = readNative(in, HostUnwinder.REGISTERS_BYTES);
        List<HostMapping> mappings = new ArrayList<>();
        for (int i = 0; i < mappingCount; i++) {
            mappings.add(new HostMapping(in.getLong(), in.getLong(), in.getLong(), in.getInt() == 1, in.getInt()));
        }
        List<HostMemory> memory = new ArrayList<>();
        for (int i = 0; i < memoryCount; i++) {
            memory.add(new HostMemory(in.getLong(), readNative(in, Math.toIntExact(in.getLong()))));
        }
        List<SnapshotTable> tables = new ArrayList<>();
        for (int i = 0; i < tableCount; i++) {
            tables.add(readTable(in));
        }
        long[] addresses = new long[addressCount];
        in.asLongBuffer().get(addresses);
        in.position(in.position() + addressCount * Long.BYTES);
        byte[] jvm = new byte[in.remaining()];
        in.get(jvm);
        if (jvm.length != 0 && jvm.length != JvmImage.PROCESS_BYTES) {
            throw new IOException("snapshot: " + jvm.length + " bytes at its end (expected: 0, or "
                    + JvmImage.PROCESS_BYTES + " of a JVM)");
        }
        return new StackSnapshot(registers, stackTop, mappings, tables, memory, addresses, jvm);
    }

    private static MemorySegment readNative(ByteBuffer in, int length) {
        MemorySegment copy = Arena.ofAuto().allocate(length, Long.BYTES);
        MemorySegment.copy(MemorySegment.ofBuffer(in), 0, copy, 0, length);
        in.position((in.position() + length + 7) & -8);
        return copy;
    }

    private static SnapshotTable readTable(ByteBuffer in) {
        in.position(in.position() + 12);
        int indexBlock = in.getInt();
        int ruleBlock = in.getInt();
        int pages = in.getInt();
        int pageBits = in.getInt();
        in.getInt();
        List<Segment> segments = new ArrayList<>();
        for (int i = 0; i < UnwindTableImage.MAX_SEGMENTS; i++) {
            segments.add(new Segment(in.getLong(), in.getLong(), in.getLong()));
        }
        int blockCount = Math.toIntExact(in.getLong());
        SortedMap<Integer, byte[]> blocks = new TreeMap<>();
        for (long left = in.getLong(); left > 0; left--) {
            byte[] block = new byte[UnwindTableImage.BLOCK_BYTES];
            int number = Math.toIntExact(in.getLong());
            in.get(block);
            blocks.put(number, block);
        }
        UnwindTableImage shape = new UnwindTableImage(
                (number, into) -> {
                    throw new IllegalStateException("block " + number + " (expected: asked of the snapshot)");
                },
                blockCount,
                indexBlock,
                ruleBlock,
                pages,
                pageBits,
                segments);
        return new SnapshotTable(shape, blocks);
    }
}
