package dev.sonde.agent.jvm.layout;

import dev.sonde.agent.jvm.memory.MemoryPages;
import dev.sonde.agent.jvm.memory.ProcessReadException;
import java.util.HashMap;
import java.util.Map;

/** Reads where the JVM's flags stand: an array of JVMFlag (runtime/flags/jvmFlag.hpp), up to JDK 10 of Flag. */
final class VmFlags {

    /** JDK 25 has 1,300 of them. */
    private static final long MAX_FLAGS = 1 << 13;

    private static final int MAX_NAME_BYTES = 128;

    private VmFlags() {}

    /** The address of each flag's value by its name; none where the tables do not lead to them. */
    static Map<String, Long> read(VmStructs structs, MemoryPages pages) throws ProcessReadException {
        try {
            return read(structs, pages, structs.has("JVMFlag::flags") ? "JVMFlag" : "Flag");
        } catch (VmLayoutException e) {
            return Map.of();
        }
    }

    private static Map<String, Long> read(VmStructs structs, MemoryPages pages, String type)
            throws VmLayoutException, ProcessReadException {
        long flags = pages.i64(structs.staticAddress(type + "::flags"));
        long count = pages.i64(structs.staticAddress(type + "::numFlags"));
        int name = structs.offset(type + "::_name");
        int address = structs.offset(type + "::_addr");
        int stride = structs.size(type);
        if (count < 0 || count > MAX_FLAGS) {
            throw structs.problem(type + "::numFlags", count + " (expected: 0 to " + MAX_FLAGS + ")");
        }
        Map<String, Long> found = HashMap.newHashMap((int) count);
        for (long flag = flags; flag < flags + count * stride; flag += stride) {
            long text = pages.i64(flag + name);
            // The last entry has no name.
            if (text != 0) {
                found.put(pages.text(text, MAX_NAME_BYTES), pages.i64(flag + address));
            }
        }
        return found;
    }
}
