package dev.sonde.agent.kernel;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.util.LinkedHashMap;
import java.util.Map;

/**
 * The type information of a BPF object, as far as enumerations and structures go: the numbers that the C compiler saw.
 *
 * @see <a href="https://docs.kernel.org/bpf/btf.html">BTF</a>
 */
final class Btf {
    private static final int KIND_INT = 1;
    private static final int KIND_ARRAY = 3;
    private static final int KIND_STRUCT = 4;
    private static final int KIND_UNION = 5;
    private static final int KIND_ENUM = 6;
    private static final int KIND_FUNC_PROTO = 13;
    private static final int KIND_VAR = 14;
    private static final int KIND_DATASEC = 15;
    private static final int KIND_DECL_TAG = 17;
    private static final int KIND_ENUM64 = 19;

    /** The enumerations: enumerators and their numbers. */
    final Map<String, Map<String, Integer>> enums = new LinkedHashMap<>();
    /** The structures: members and their byte offsets, and "" with the size. */
    final Map<String, Map<String, Integer>> structs = new LinkedHashMap<>();

    private final ByteBuffer data;
    private final int strings;

    private Btf(ByteBuffer data) {
        this.data = data;
        int header = data.getInt(4);
        this.strings = header + data.getInt(16);
        int position = header + data.getInt(8);
        int end = position + data.getInt(12);
        while (position < end) {
            position = readType(position);
        }
    }

    static Btf of(byte[] elf) {
        ByteBuffer file = ByteBuffer.wrap(elf).order(ByteOrder.LITTLE_ENDIAN);
        int sections = (int) file.getLong(40);
        int names = (int) file.getLong(sections + 64 * file.getShort(62) + 24);
        for (int i = 0; i < file.getShort(60); i++) {
            int section = sections + 64 * i;
            if (text(file, names + file.getInt(section)).equals(".BTF")) {
                int offset = (int) file.getLong(section + 24);
                int size = (int) file.getLong(section + 32);
                return new Btf(file.slice(offset, size).order(ByteOrder.LITTLE_ENDIAN));
            }
        }
        throw new IllegalArgumentException("sections: no .BTF (expected: one)");
    }

    /** Reads the type at a position; returns the next one's. */
    private int readType(int position) {
        String name = text(data, strings + data.getInt(position));
        int info = data.getInt(position + 4);
        int kind = info >>> 24 & 31;
        int members = info & 0xffff;
        int body = position + 12;
        switch (kind) {
            case KIND_STRUCT -> structs.put(name, members(body, members, data.getInt(position + 8), info < 0));
            case KIND_ENUM -> enums.put(name, enumerators(body, members));
            default -> {
                // Of no interest here.
            }
        }
        return body
                + switch (kind) {
                    case KIND_INT, KIND_VAR, KIND_DECL_TAG -> 4;
                    case KIND_ARRAY -> 12;
                    case KIND_STRUCT, KIND_UNION, KIND_DATASEC, KIND_ENUM64 -> 12 * members;
                    case KIND_ENUM, KIND_FUNC_PROTO -> 8 * members;
                    default -> 0;
                };
    }

    private Map<String, Integer> members(int body, int count, int size, boolean bitFields) {
        Map<String, Integer> offsets = new LinkedHashMap<>();
        offsets.put("", size);
        for (int i = 0; i < count; i++) {
            int bits = data.getInt(body + 12 * i + 8);
            offsets.put(text(data, strings + data.getInt(body + 12 * i)), (bitFields ? bits & 0xffffff : bits) / 8);
        }
        return offsets;
    }

    private Map<String, Integer> enumerators(int body, int count) {
        Map<String, Integer> numbers = new LinkedHashMap<>();
        for (int i = 0; i < count; i++) {
            numbers.put(text(data, strings + data.getInt(body + 8 * i)), data.getInt(body + 8 * i + 4));
        }
        return numbers;
    }

    private static String text(ByteBuffer bytes, int start) {
        int end = start;
        while (bytes.get(end) != 0) {
            end++;
        }
        byte[] text = new byte[end - start];
        bytes.get(start, text);
        return new String(text, StandardCharsets.UTF_8);
    }
}
