package dev.sonde.agent.jvm.layout;

import dev.sonde.agent.jvm.memory.MemoryPages;
import dev.sonde.agent.jvm.memory.ProcessReadException;
import java.util.HashMap;
import java.util.Map;

/**
 * Reads gHotSpotVMStructs, gHotSpotVMTypes, gHotSpotVMIntConstants and gHotSpotVMLongConstants: arrays that end with an
 * entry without name; where the parts of an entry stand is exported beside them.
 */
final class VmTables {

    /** JDK 25 has 1,500 fields, 700 types and 700 constants. */
    private static final int MAX_ENTRIES = 1 << 14;

    private static final int MAX_NAME_BYTES = 512;

    /** No class of the VM is nearly as large: a larger size or offset is a lie. */
    static final long MAX_OBJECT_BYTES = 1 << 20;

    private static final int MAX_ENTRY_BYTES = 256;

    private final Map<String, LibJvm.Symbol> exported;
    private final MemoryPages pages;
    private final Map<String, Field> fields = new HashMap<>();
    private final Map<String, Integer> sizes = new HashMap<>();
    private final Map<String, Long> constants = new HashMap<>();

    private VmTables(Map<String, LibJvm.Symbol> exported, MemoryPages pages) {
        this.exported = exported;
        this.pages = pages;
    }

    static VmTables read(Map<String, LibJvm.Symbol> exported, MemoryPages pages)
            throws VmLayoutException, ProcessReadException {
        VmTables tables = new VmTables(exported, pages);
        tables.readFields();
        tables.readTypes();
        tables.readConstants("gHotSpotVMIntConstant", true);
        tables.readConstants("gHotSpotVMLongConstant", false);
        return tables;
    }

    Map<String, Field> fields() {
        return fields;
    }

    Map<String, Integer> sizes() {
        return sizes;
    }

    Map<String, Long> constants() {
        return constants;
    }

    private void readFields() throws VmLayoutException, ProcessReadException {
        Table table = table("gHotSpotVMStruct", "gHotSpotVMStructs");
        int typeName = part("gHotSpotVMStructEntryTypeNameOffset");
        int fieldName = part("gHotSpotVMStructEntryFieldNameOffset");
        int typeString = part("gHotSpotVMStructEntryTypeStringOffset");
        int isStatic = part("gHotSpotVMStructEntryIsStaticOffset");
        int offset = part("gHotSpotVMStructEntryOffsetOffset");
        int address = part("gHotSpotVMStructEntryAddressOffset");
        for (long entry = table.first; ; entry = table.next(entry)) {
            long name = pages.i64(entry + fieldName);
            if (name == 0) {
                return;
            }
            boolean fixed = pages.i32(entry + isStatic) != 0;
            fields.put(
                    text(pages.i64(entry + typeName)) + "::" + text(name),
                    new Field(
                            text(pages.i64(entry + typeString)), fixed, pages.i64(entry + (fixed ? address : offset))));
        }
    }

    private void readTypes() throws VmLayoutException, ProcessReadException {
        Table table = table("gHotSpotVMType", "gHotSpotVMTypes");
        int typeName = part("gHotSpotVMTypeEntryTypeNameOffset");
        int size = part("gHotSpotVMTypeEntrySizeOffset");
        for (long entry = table.first; ; entry = table.next(entry)) {
            long name = pages.i64(entry + typeName);
            if (name == 0) {
                return;
            }
            long bytes = pages.i64(entry + size);
            String type = text(name);
            if (bytes < 0 || bytes > MAX_OBJECT_BYTES) {
                throw problem(type, "size " + bytes + " (expected: 0 to " + MAX_OBJECT_BYTES + ")");
            }
            sizes.put(type, (int) bytes);
        }
    }

    private void readConstants(String prefix, boolean narrow) throws VmLayoutException, ProcessReadException {
        Table table = table(prefix, prefix + "s");
        int nameAt = part(prefix + "EntryNameOffset");
        int valueAt = part(prefix + "EntryValueOffset");
        for (long entry = table.first; ; entry = table.next(entry)) {
            long name = pages.i64(entry + nameAt);
            if (name == 0) {
                return;
            }
            constants.put(text(name), narrow ? (long) pages.i32(entry + valueAt) : pages.i64(entry + valueAt));
        }
    }

    private String text(long address) throws ProcessReadException {
        return address == 0 ? "" : pages.text(address, MAX_NAME_BYTES);
    }

    /** The array that a pointer leads to. */
    private Table table(String prefix, String pointer) throws VmLayoutException, ProcessReadException {
        long first = value(pointer);
        if (first == 0) {
            throw problem(pointer, "0 (expected: a table)");
        }
        long stride = value(prefix + "EntryArrayStride");
        if (stride < Long.BYTES || stride > MAX_ENTRY_BYTES) {
            throw problem(prefix + "EntryArrayStride", stride + " (expected: 8 to " + MAX_ENTRY_BYTES + ")");
        }
        return new Table(pointer, first, stride);
    }

    private int part(String symbol) throws VmLayoutException, ProcessReadException {
        long offset = value(symbol);
        if (offset < 0 || offset > MAX_ENTRY_BYTES) {
            throw problem(symbol, offset + " (expected: 0 to " + MAX_ENTRY_BYTES + ")");
        }
        return (int) offset;
    }

    private long value(String symbol) throws VmLayoutException, ProcessReadException {
        LibJvm.Symbol found = exported.get(symbol);
        if (found == null) {
            throw problem(symbol, "missing (expected: an exported symbol of libjvm)");
        }
        return pages.i64(found.address());
    }

    private static VmLayoutException problem(String what, String problem) {
        return new VmLayoutException("unknown", what, problem);
    }

    /**
     * One field of a type.
     *
     * @param type the C++ type of the field, as text; may be empty
     * @param isStatic whether it stands once, at {@code position}
     * @param position the address in the process of a static field, else the offset in its object, bytes
     */
    record Field(String type, boolean isStatic, long position) {}

    /** One array; {@link #next} ends a walk that finds no end. */
    private record Table(String name, long first, long stride) {
        long next(long entry) throws VmLayoutException {
            if (entry - first >= MAX_ENTRIES * stride) {
                throw problem(name, "no end after " + MAX_ENTRIES + " entries (expected: one without name)");
            }
            return entry + stride;
        }
    }
}
