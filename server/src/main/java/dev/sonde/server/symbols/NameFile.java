package dev.sonde.server.symbols;

import dev.sonde.server.store.StoredLocation.StoredLine;
import java.io.BufferedInputStream;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.DataInputStream;
import java.io.DataOutputStream;
import java.io.EOFException;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.zip.CRC32;

/**
 * The names found for one build id, on disk. After {@link #MAGIC} records follow, each its length, the CRC-32 of its
 * body (4 bytes each, big-endian) and the body. A body is a kind byte, then
 *
 * <ul>
 *   <li>1, a function: system name and source file, as {@link DataOutputStream#writeUTF} has them. Functions are
 *       numbered from 0.
 *   <li>2, an address: 8 bytes, a count byte, and for each line the function's number and the line number.
 * </ul>
 *
 * Names are written by the linker's name: how it reads is decided anew at each start. A record cut off by a crash, and
 * what follows it, is cut away. One thread at a time.
 */
final class NameFile {

    /** Called with each address read. */
    interface Sink {
        void accept(long address, List<StoredLine> lines);
    }

    private static final long MAGIC = 0x534f4e44_4e414d31L; // "SONDNAM1"
    private static final byte FUNCTION = 1;
    private static final byte ADDRESS = 2;

    /** writeUTF takes 65,535 bytes; a record's body is at most two of them, or 255 lines. */
    private static final int MAX_BODY_BYTES = 1 << 18;

    /** A character takes at most three bytes of writeUTF's 65,535. */
    private static final int MAX_TEXT_LENGTH = 65_535 / 3;

    /** Inlining this deep is a hostile file. */
    private static final int MAX_LINES = 255;

    /** One build id: a large program run for years has not a million distinct sampled addresses. */
    private static final long MAX_FILE_BYTES = 64L << 20;

    private final Path path;
    private final Map<Function, Integer> functions = new HashMap<>();
    private final ByteArrayOutputStream pending = new ByteArrayOutputStream();
    private long fileBytes;

    private record Function(String systemName, String file) {}

    NameFile(Path path) {
        this.path = path;
    }

    /** Reads all that is there. Called first, once. */
    void read(Naming naming, Sink sink) throws IOException {
        if (!Files.exists(path)) {
            return;
        }
        List<Function> read = new ArrayList<>();
        long good = 0;
        try (DataInputStream in = new DataInputStream(new BufferedInputStream(Files.newInputStream(path)))) {
            if (in.readLong() != MAGIC) {
                throw new IOException(path + ": not a file of names (expected: its first 8 bytes to say so)");
            }
            good = Long.BYTES;
            for (byte[] body = readBody(in); body.length > 0; body = readBody(in)) {
                readRecord(body, read, naming, sink);
                good += 2L * Integer.BYTES + body.length;
            }
        } catch (EOFException e) {
            // The end, perhaps in the middle of a record that a crash cut off.
        }
        fileBytes = good;
        try (FileChannel channel = FileChannel.open(path, StandardOpenOption.WRITE)) {
            channel.truncate(good);
        }
    }

    /** The next record's body; empty where what follows is damaged. */
    private static byte[] readBody(DataInputStream in) throws IOException {
        int length = in.readInt();
        int checksum = in.readInt();
        if (length < 1 || length > MAX_BODY_BYTES) {
            return new byte[0];
        }
        byte[] body = new byte[length];
        in.readFully(body);
        return checksum == checksum(body) ? body : new byte[0];
    }

    private void readRecord(byte[] body, List<Function> read, Naming naming, Sink sink) throws IOException {
        DataInputStream in = new DataInputStream(new ByteArrayInputStream(body));
        if (in.readByte() == FUNCTION) {
            Function function = new Function(in.readUTF(), in.readUTF());
            functions.putIfAbsent(function, read.size());
            read.add(function);
            return;
        }
        long address = in.readLong();
        int count = in.readUnsignedByte();
        List<StoredLine> lines = new ArrayList<>(count);
        for (int i = 0; i < count; i++) {
            Function function = read.get(in.readInt());
            lines.add(naming.line(function.systemName(), function.file(), in.readInt()));
        }
        sink.accept(address, lines);
    }

    /** Notes the lines of an address, to be written by the next {@link #flush()}. */
    void add(long address, List<StoredLine> lines) {
        if (fileBytes + pending.size() > MAX_FILE_BYTES || lines.size() > MAX_LINES) {
            return;
        }
        try {
            ByteArrayOutputStream body = new ByteArrayOutputStream();
            DataOutputStream out = new DataOutputStream(body);
            out.writeByte(ADDRESS);
            out.writeLong(address);
            out.writeByte(lines.size());
            for (StoredLine line : lines) {
                out.writeInt(number(line));
                out.writeInt(line.line());
            }
            append(body.toByteArray());
        } catch (IOException e) {
            throw new UncheckedIOException("writing to memory", e);
        }
    }

    private int number(StoredLine line) throws IOException {
        Function function = new Function(cut(line.systemName()), cut(line.file()));
        Integer known = functions.get(function);
        if (known != null) {
            return known;
        }
        ByteArrayOutputStream body = new ByteArrayOutputStream();
        DataOutputStream out = new DataOutputStream(body);
        out.writeByte(FUNCTION);
        out.writeUTF(function.systemName());
        out.writeUTF(function.file());
        append(body.toByteArray());
        functions.put(function, functions.size());
        return functions.size() - 1;
    }

    private static String cut(String text) {
        return text.length() <= MAX_TEXT_LENGTH ? text : text.substring(0, MAX_TEXT_LENGTH);
    }

    private void append(byte[] body) {
        ByteBuffer head =
                ByteBuffer.allocate(2 * Integer.BYTES).putInt(body.length).putInt(checksum(body));
        pending.writeBytes(head.array());
        pending.writeBytes(body);
    }

    private static int checksum(byte[] body) {
        CRC32 crc = new CRC32();
        crc.update(body);
        return (int) crc.getValue();
    }

    /** Writes what was added. */
    void flush() throws IOException {
        if (pending.size() == 0) {
            return;
        }
        Files.createDirectories(path.getParent());
        try (FileChannel channel = FileChannel.open(path, StandardOpenOption.CREATE, StandardOpenOption.WRITE)) {
            if (fileBytes == 0) {
                channel.truncate(0);
                fileBytes = write(channel, ByteBuffer.allocate(Long.BYTES).putLong(0, MAGIC), 0);
            }
            fileBytes = write(channel, ByteBuffer.wrap(pending.toByteArray()), fileBytes);
        }
        pending.reset();
    }

    private static long write(FileChannel channel, ByteBuffer bytes, long at) throws IOException {
        long position = at;
        while (bytes.hasRemaining()) {
            position += channel.write(bytes, position);
        }
        return position;
    }
}
