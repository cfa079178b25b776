package dev.sonde.symbolizer.cfi;

import dev.sonde.symbolizer.elf.ElfFile;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.Arrays;
import java.util.zip.CRC32C;

/**
 * A table as a file: a head of one block, the table's blocks as they are, then the rules. The head holds magic, version,
 * checksum over all that follows it and over itself, layout, problems and the key that the table was stored under.
 */
final class StoredTable {

    /** Raised whenever rows, rules or what they mean change: tables of other versions are built anew. */
    private static final int VERSION = 5;

    private static final long MAGIC = 0x31_4457_4e55_444e_53L; // "SNDUNWD1"

    private static final int CHECKSUM_AT = 12;
    private static final int PROBLEMS_AT = 64;
    private static final int KEY_AT = 1024;
    private static final int MAX_KEY_BYTES = 1024;

    private StoredTable() {}

    /** Writes blocks behind the head, as they come. */
    private record ChannelSink(FileChannel channel) implements BlockSink {
        @Override
        public void write(byte[] block) throws IOException {
            writeFully(channel, ByteBuffer.wrap(block));
        }

        @Override
        public void restart() throws IOException {
            channel.truncate(TableLayout.BLOCK_BYTES);
            channel.position(TableLayout.BLOCK_BYTES);
        }
    }

    /** Builds the table of a file straight into a new file: never whole in memory. */
    static void write(ElfFile file, String key, Path to) throws IOException {
        try (FileChannel channel = FileChannel.open(
                to, StandardOpenOption.CREATE_NEW, StandardOpenOption.READ, StandardOpenOption.WRITE)) {
            ChannelSink sink = new ChannelSink(channel);
            channel.position(TableLayout.BLOCK_BYTES);
            UnwindRules rules = new UnwindRules();
            FrameProblems problems = new FrameProblems();
            TableLayout layout = TableAssembly.build(file, rules, problems, sink);
            ByteBuffer ruleBytes = buffer(rules.size() * UnwindRule.BYTES);
            for (int i = 0; i < rules.size(); i++) {
                ruleBytes.putLong(rules.get(i).low()).putLong(rules.get(i).high());
            }
            writeFully(channel, ruleBytes.flip());
            ByteBuffer head = head(layout, rules.size(), problems, key);
            head.putInt(CHECKSUM_AT, checksum(channel, head));
            channel.position(0);
            writeFully(channel, head);
        }
    }

    private static ByteBuffer head(TableLayout layout, int rules, FrameProblems problems, String key) {
        byte[] keyBytes = key.getBytes(StandardCharsets.UTF_8);
        if (keyBytes.length > MAX_KEY_BYTES) {
            throw new IllegalArgumentException(
                    "key: " + keyBytes.length + " bytes (expected: at most " + MAX_KEY_BYTES + ")");
        }
        ByteBuffer head = buffer(TableLayout.BLOCK_BYTES);
        head.putLong(MAGIC).putInt(VERSION).putInt(0);
        head.putLong(layout.base()).putInt(layout.pageShift()).putInt(layout.pages());
        head.putInt(layout.rowBlocks()).putInt(layout.rows()).putInt(rules);
        for (FrameProblems.Entry entry : problems.entries()) {
            int at = PROBLEMS_AT + entry.problem().code() * 2 * Long.BYTES;
            head.putLong(at, entry.count()).putLong(at + Long.BYTES, entry.firstPc());
        }
        head.position(KEY_AT);
        head.putInt(keyBytes.length).put(keyBytes);
        return head.position(0).limit(TableLayout.BLOCK_BYTES);
    }

    /** Opens a stored table; null where the file is of another version or key, or damaged. */
    static UnwindTable open(Path from, String key) throws IOException {
        FileChannel channel = FileChannel.open(from, StandardOpenOption.READ);
        UnwindTable table = null;
        try {
            table = read(channel, key);
            return table;
        } finally {
            if (table == null) {
                channel.close();
            }
        }
    }

    private static UnwindTable read(FileChannel channel, String key) throws IOException {
        ByteBuffer head = buffer(TableLayout.BLOCK_BYTES);
        if (!readFully(channel, head, 0) || head.getLong() != MAGIC || head.getInt() != VERSION) {
            return null;
        }
        int checksum = head.getInt();
        long base = head.getLong();
        int shift = head.getInt();
        int pages = head.getInt();
        int rowBlocks = head.getInt();
        int rows = head.getInt();
        int ruleCount = head.getInt();
        head.putInt(CHECKSUM_AT, 0);
        if (checksum != checksum(channel, head) || !Arrays.equals(key(head), key.getBytes(StandardCharsets.UTF_8))) {
            return null;
        }
        TableLayout layout = new TableLayout(base, shift, pages, rowBlocks, rows, ruleCount);
        UnwindRules rules = rules(channel, TableLayout.BLOCK_BYTES + layout.blockBytes(), ruleCount);
        return rules == null
                ? null
                : new UnwindTable(
                        layout, rules, problems(head), new TableBlocks.Channel(channel, TableLayout.BLOCK_BYTES));
    }

    private static byte[] key(ByteBuffer head) {
        int length = Math.clamp(head.getInt(KEY_AT), 0, MAX_KEY_BYTES);
        byte[] key = new byte[length];
        head.get(KEY_AT + Integer.BYTES, key);
        return key;
    }

    private static FrameProblems problems(ByteBuffer head) {
        FrameProblems problems = new FrameProblems();
        for (FrameProblem problem : FrameProblem.values()) {
            int at = PROBLEMS_AT + problem.code() * 2 * Long.BYTES;
            problems.set(problem, head.getLong(at), head.getLong(at + Long.BYTES));
        }
        return problems;
    }

    private static UnwindRules rules(FileChannel channel, long at, int count) throws IOException {
        ByteBuffer bytes = buffer(count * UnwindRule.BYTES);
        if (!readFully(channel, bytes, at)) {
            return null;
        }
        UnwindRules rules = new UnwindRules();
        for (int i = 0; i < count; i++) {
            rules.intern(bytes.getLong(), bytes.getLong());
        }
        return rules;
    }

    /** CRC32C of the head, whose checksum field is zero, and of all that follows it. */
    private static int checksum(FileChannel channel, ByteBuffer head) throws IOException {
        CRC32C crc = new CRC32C();
        crc.update(head.duplicate().clear());
        ByteBuffer chunk = buffer(16 * TableLayout.BLOCK_BYTES);
        long at = TableLayout.BLOCK_BYTES;
        for (int read = channel.read(chunk, at); read > 0; read = channel.read(chunk.clear(), at)) {
            crc.update(chunk.flip());
            at += read;
        }
        return (int) crc.getValue();
    }

    private static boolean readFully(FileChannel channel, ByteBuffer into, long from) throws IOException {
        while (into.hasRemaining()) {
            if (channel.read(into, from + into.position()) < 0) {
                return false;
            }
        }
        into.flip();
        return true;
    }

    private static void writeFully(FileChannel channel, ByteBuffer bytes) throws IOException {
        while (bytes.hasRemaining()) {
            channel.write(bytes);
        }
    }

    private static ByteBuffer buffer(int bytes) {
        return ByteBuffer.allocate(bytes).order(ByteOrder.LITTLE_ENDIAN);
    }
}
