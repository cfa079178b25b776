package dev.sonde.agent.jvm.facts;

import dev.sonde.agent.label.LabelText;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.util.HashMap;
import java.util.Map;
import java.util.Set;

/**
 * The performance data of a HotSpot JVM (src/hotspot/share/runtime/perfMemory.hpp: PerfDataPrologue and PerfDataEntry,
 * version 2.0): names and values that the JVM writes while it runs. It is the target's memory: any byte may be wrong.
 */
final class PerfData {

    /** JDK 25 makes 32 KiB; -XX:PerfDataMemorySize may ask for more. */
    static final int MAX_BYTES = 256 << 10;

    static final String COMMAND = "sun.rt.javaCommand";
    static final String VM_VERSION = "java.property.java.vm.version";
    static final String VM_VENDOR = "java.property.java.vm.vendor";
    static final String VM_NAME = "java.property.java.vm.name";
    static final String GC_POLICY = "sun.gc.policy.name";
    static final String YOUNG_COLLECTOR = "sun.gc.collector.0.name";
    static final String CONCURRENT_COLLECTOR = "sun.gc.collector.2.name";
    static final String OLD_GENERATION = "sun.gc.generation.1.name";

    /** How many classes were unloaded: a class's memory becomes another's only after this has grown. */
    static final String UNLOADED_CLASSES = "java.cls.unloadedClasses";

    private static final Set<String> TEXTS = Set.of(
            COMMAND, VM_VERSION, VM_VENDOR, VM_NAME, GC_POLICY, YOUNG_COLLECTOR, CONCURRENT_COLLECTOR, OLD_GENERATION);

    private static final int MAGIC = 0xcafec0c0;
    private static final byte LITTLE_ENDIAN = 1;
    private static final byte VERSION = 2;

    private static final int BYTE_ORDER = 4;
    private static final int MAJOR_VERSION = 5;
    private static final int ENTRY_OFFSET = 24;
    private static final int NUM_ENTRIES = 28;
    private static final int PROLOGUE_BYTES = 32;

    private static final int ENTRY_LENGTH = 0;
    private static final int NAME_OFFSET = 4;
    private static final int VECTOR_LENGTH = 8;
    private static final int DATA_TYPE = 12;
    private static final int DATA_OFFSET = 16;
    private static final int ENTRY_HEADER_BYTES = 20;

    private static final int MAX_NAME_BYTES = 128;

    private final Map<String, String> texts = new HashMap<>();
    private int unloadedClassesOffset = -1;

    private PerfData() {}

    /** Reads what is there; nothing where it is no performance data or that of a JVM which has just begun. */
    static PerfData parse(byte[] bytes) {
        PerfData data = new PerfData();
        ByteBuffer buffer = ByteBuffer.wrap(bytes).order(ByteOrder.LITTLE_ENDIAN);
        // The magic number is written in the order of its bytes, whatever the machine's.
        if (bytes.length >= PROLOGUE_BYTES
                && Integer.reverseBytes(buffer.getInt(0)) == MAGIC
                && buffer.get(BYTE_ORDER) == LITTLE_ENDIAN
                && buffer.get(MAJOR_VERSION) == VERSION) {
            data.readEntries(buffer);
        }
        return data;
    }

    private void readEntries(ByteBuffer buffer) {
        int entry = buffer.getInt(ENTRY_OFFSET);
        int left = buffer.getInt(NUM_ENTRIES);
        while (left-- > 0 && entry >= PROLOGUE_BYTES && entry <= buffer.limit() - ENTRY_HEADER_BYTES) {
            int length = buffer.getInt(entry + ENTRY_LENGTH);
            if (length < ENTRY_HEADER_BYTES || length > buffer.limit() - entry) {
                return;
            }
            readEntry(buffer, entry, length);
            entry += length;
        }
    }

    private void readEntry(ByteBuffer buffer, int entry, int length) {
        String name = text(buffer, entry, buffer.getInt(entry + NAME_OFFSET), length, MAX_NAME_BYTES);
        int data = buffer.getInt(entry + DATA_OFFSET);
        byte type = buffer.get(entry + DATA_TYPE);
        // The types are those of a field's descriptor.
        if (type == 'B' && TEXTS.contains(name)) {
            int most = Math.min(buffer.getInt(entry + VECTOR_LENGTH), length);
            texts.put(name, LabelText.value(text(buffer, entry, data, length, most)));
        } else if (type == 'J'
                && name.equals(UNLOADED_CLASSES)
                && data >= ENTRY_HEADER_BYTES
                && data <= length - Long.BYTES) {
            unloadedClassesOffset = entry + data;
        }
    }

    /** The text at an offset in an entry up to a zero byte, the entry's end or so many bytes. */
    private static String text(ByteBuffer buffer, int entry, int offset, int entryLength, int maxBytes) {
        if (offset < ENTRY_HEADER_BYTES || offset >= entryLength || maxBytes <= 0) {
            return "";
        }
        int end = Math.min(entryLength - offset, maxBytes);
        byte[] bytes = new byte[end];
        buffer.get(entry + offset, bytes);
        int length = 0;
        while (length < end && bytes[length] != 0) {
            length++;
        }
        return new String(bytes, 0, length, StandardCharsets.UTF_8);
    }

    /** The text of a name; empty where it is not there (yet). */
    String text(String name) {
        return texts.getOrDefault(name, "");
    }

    /** Where in the data the number of unloaded classes stands, 8 bytes; -1 where it is not there. */
    int unloadedClassesOffset() {
        return unloadedClassesOffset;
    }

    /** Whether the JVM has come as far as to say what it runs: the other texts are there then, too. */
    boolean isComplete() {
        return !text(COMMAND).isEmpty() && !text(VM_VERSION).isEmpty();
    }

    /** The garbage collector by the name of its flag; empty where it is none that is known. */
    String gc() {
        return switch (text(GC_POLICY)) {
            case "GarbageFirst" -> "G1";
            case "ParScav:MSC" -> "Parallel";
            case "Copy:MSC" -> "Serial";
            case "ParNew:CMS" -> "ConcMarkSweep";
            default -> gcByCollector();
        };
    }

    /** The others have no policy: ZGC has told its collectors since JDK 15, Epsilon nothing but its heap. */
    private String gcByCollector() {
        String collector = text(YOUNG_COLLECTOR).isEmpty() ? text(CONCURRENT_COLLECTOR) : text(YOUNG_COLLECTOR);
        if (collector.startsWith("Z")) {
            return "ZGC";
        }
        if (collector.startsWith("Shenandoah")) {
            return "Shenandoah";
        }
        return collector.isEmpty() && text(OLD_GENERATION).equals("Heap") ? "Epsilon" : "";
    }
}
