package dev.sonde.agent.mapping;

import java.nio.charset.StandardCharsets;

/**
 * Parser of one line of {@code /proc/PID/maps}, for example
 * {@code 7faab4a66000-7faab4bbc000 r-xp 00026000 fe:00 326269    /usr/lib/libc.so.6}. The fields stand until the next
 * parse.
 */
final class MapsLine {

    /** What the kernel appends to the name of a file that was unlinked (d_path, fs/d_path.c). */
    private static final String DELETED = " (deleted)";

    private byte[] bytes;
    private int length;
    private int position;

    private long start;
    private long end;
    private boolean executable;
    private long fileOffset;
    private int major;
    private int minor;
    private long inode;

    /** Reads a line without its newline; false when it is none of maps. */
    boolean parse(byte[] line, int lineLength) {
        bytes = line;
        length = lineLength;
        position = 0;
        return parseRange() && parsePermissions() && parseFile();
    }

    boolean executable() {
        return executable;
    }

    long start() {
        return start;
    }

    /** The line as a mapping: the only step that allocates, done for executable ranges alone. */
    Mapping mapping() {
        String name = path();
        boolean deleted = name.endsWith(DELETED);
        if (deleted) {
            name = name.substring(0, name.length() - DELETED.length());
        }
        return new Mapping(start, end, fileOffset, Mapping.device(major, minor), inode, name, deleted, kind(name));
    }

    private MappingKind kind(String name) {
        if (inode != 0) {
            return MappingKind.FILE;
        }
        return switch (name) {
            case "[vdso]" -> MappingKind.VDSO;
            case "[vsyscall]" -> MappingKind.VSYSCALL;
            default -> MappingKind.ANONYMOUS;
        };
    }

    private boolean parseRange() {
        start = hex();
        if (position == 0 || !skip('-')) {
            return false;
        }
        int before = position;
        end = hex();
        return position > before && skip(' ') && Long.compareUnsigned(start, end) < 0;
    }

    private boolean parsePermissions() {
        if (length - position < 5 || bytes[position + 4] != ' ') {
            return false;
        }
        executable = bytes[position + 2] == 'x';
        position += 5;
        return true;
    }

    private boolean parseFile() {
        int before = position;
        fileOffset = hex();
        if (position == before || !skip(' ')) {
            return false;
        }
        before = position;
        major = (int) hex();
        if (position == before || !skip(':')) {
            return false;
        }
        before = position;
        minor = (int) hex();
        if (position == before || !skip(' ')) {
            return false;
        }
        before = position;
        inode = decimal();
        return position > before && (position == length || bytes[position] == ' ');
    }

    private long hex() {
        long value = 0;
        // 16 digits fill a long: a seventeenth is left for the caller to stumble over.
        for (int digits = 0; position < length && digits < 16; digits++, position++) {
            int digit = Character.digit(bytes[position], 16);
            if (digit < 0) {
                break;
            }
            value = value << 4 | digit;
        }
        return value;
    }

    private long decimal() {
        long value = 0;
        // 20 digits are the longest unsigned 64-bit number.
        for (int digits = 0; position < length && digits < 20; digits++, position++) {
            int digit = Character.digit(bytes[position], 10);
            if (digit < 0) {
                break;
            }
            value = value * 10 + digit;
        }
        return value;
    }

    private boolean skip(char expected) {
        if (position < length && bytes[position] == expected) {
            position++;
            return true;
        }
        return false;
    }

    private String path() {
        int from = position;
        while (from < length && bytes[from] == ' ') {
            from++;
        }
        String name = new String(bytes, from, length - from, StandardCharsets.UTF_8);
        // seq_file_path escapes the newline alone, as an octal number.
        return name.indexOf('\\') < 0 ? name : name.replace("\\012", "\n");
    }
}
