package dev.sonde.agent.jvm.layout;

import dev.sonde.agent.jvm.memory.IntField;
import dev.sonde.agent.jvm.memory.MemoryPages;
import dev.sonde.agent.jvm.memory.ProcessMemory;
import dev.sonde.agent.jvm.memory.ProcessReadException;
import java.io.IOException;
import java.util.HashMap;
import java.util.Map;
import java.util.OptionalInt;
import java.util.OptionalLong;

/**
 * The tables of one JVM: fields, types, constants and flags by name. Some hundred kilobytes, meant to be dropped when the
 * {@link VmLayout} is made. Immutable.
 */
public final class VmStructs {

    /** Pages of libjvm that hold tables and names: 1 MiB suffices for all seen, and is given back. */
    private static final int PAGES = 512;

    private final Map<String, VmTables.Field> fields;
    private final Map<String, Integer> sizes;
    private final Map<String, Long> constants;
    private final Map<String, Long> flags;
    private final MemoryPages pages;
    private final String version;

    private VmStructs(VmTables tables, MemoryPages pages) throws ProcessReadException {
        this.fields = tables.fields();
        this.sizes = tables.sizes();
        this.constants = tables.constants();
        this.pages = pages;
        this.version = readVersion();
        this.flags = VmFlags.read(this, pages);
    }

    /**
     * Reads the tables.
     *
     * @throws VmLayoutException when they are not there yet (a JVM that just starts) or not well-formed
     * @throws ProcessReadException when the process's memory cannot be read
     */
    public static VmStructs read(LibJvm libjvm, ProcessMemory memory) throws IOException {
        MemoryPages pages = new MemoryPages(memory, PAGES);
        return new VmStructs(VmTables.read(libjvm.exported("gHotSpotVM"), pages), pages);
    }

    private String readVersion() throws ProcessReadException {
        VmTables.Field release = fields.get("Abstract_VM_Version::_s_vm_release");
        if (release == null || !release.isStatic()) {
            return "unknown";
        }
        long text = pages.i64(release.position());
        // A name as long as this has been seen nowhere.
        return text == 0 ? "unknown" : pages.text(text, 256);
    }

    /** What the JVM calls its version: {@code 17.0.15+6-Debian-1deb12u1}; JDK 8 says that of HotSpot, {@code 25.x}. */
    public String version() {
        return version;
    }

    /** Whether there is such a field, named {@code Type::field}. */
    public boolean has(String field) {
        return fields.containsKey(field);
    }

    /** The offset of a field in its object, bytes. */
    public int offset(String field) throws VmLayoutException {
        VmTables.Field found = field(field);
        if (found.isStatic() || found.position() < 0 || found.position() > VmTables.MAX_OBJECT_BYTES) {
            throw problem(field, "static or at " + found.position() + " (expected: an offset)");
        }
        return (int) found.position();
    }

    /** The offset of a field, or {@link VmLayout#ABSENT}. */
    public int offsetOrAbsent(String field) throws VmLayoutException {
        return has(field) ? offset(field) : VmLayout.ABSENT;
    }

    /** The offset of the first of these fields that is there: versions moved fields from type to type. */
    public int offsetOfFirst(String... candidates) throws VmLayoutException {
        return offset(firstOf(candidates));
    }

    /** An integer field: where it stands and how wide it is, by its type. */
    public IntField integer(String... candidates) throws VmLayoutException {
        String field = firstOf(candidates);
        String type = field(field).type();
        Integer bytes = sizes.get(type);
        if (bytes == null) {
            // Not every version lists each type with its qualifier.
            bytes = sizes.get(type.replaceFirst("^volatile ", ""));
        }
        if (bytes == null || (bytes != 1 && bytes != 2 && bytes != 4 && bytes != 8)) {
            throw problem(field, "type " + type + " of " + bytes + " bytes (expected: a known integer)");
        }
        return new IntField(offset(field), bytes);
    }

    private String firstOf(String... candidates) throws VmLayoutException {
        for (String candidate : candidates) {
            if (has(candidate)) {
                return candidate;
            }
        }
        throw problem(String.join(" or ", candidates), "missing (expected: in gHotSpotVMStructs)");
    }

    /** The address of a static field in the process. */
    public long staticAddress(String field) throws VmLayoutException {
        VmTables.Field found = field(field);
        if (!found.isStatic()) {
            throw problem(field, "at offset " + found.position() + " (expected: static)");
        }
        return found.position();
    }

    /** The address of a static field, or {@link VmLayout#ABSENT_ADDRESS}. */
    public long staticAddressOrAbsent(String field) throws VmLayoutException {
        return has(field) ? staticAddress(field) : VmLayout.ABSENT_ADDRESS;
    }

    /** The address of the first of these static fields that is there. */
    long staticAddressOfFirst(String... candidates) throws VmLayoutException {
        return staticAddress(firstOf(candidates));
    }

    /** The addresses of all static fields of a type, by field. */
    public Map<String, Long> statics(String type) {
        String prefix = type + "::";
        Map<String, Long> found = new HashMap<>();
        fields.forEach((name, field) -> {
            if (field.isStatic() && name.startsWith(prefix)) {
                found.put(name.substring(prefix.length()), field.position());
            }
        });
        return found;
    }

    /** The JDK's feature release. JDK 8 has HotSpot's own number, 25, in the field where later ones have the JDK's. */
    int featureRelease() throws VmLayoutException, ProcessReadException {
        if (has("JDK_Version::_current") && has("JDK_Version::_major")) {
            return pages.u8(staticAddress("JDK_Version::_current") + offset("JDK_Version::_major"));
        }
        return pages.i32(staticAddress("Abstract_VM_Version::_vm_major_version"));
    }

    /** The C++ type of a field, as text. */
    public String typeOf(String field) throws VmLayoutException {
        return field(field).type();
    }

    private VmTables.Field field(String field) throws VmLayoutException {
        VmTables.Field found = fields.get(field);
        if (found == null) {
            throw problem(field, "missing (expected: in gHotSpotVMStructs)");
        }
        return found;
    }

    /** The size of a type, bytes. */
    public int size(String type) throws VmLayoutException {
        Integer size = sizes.get(type);
        if (size == null) {
            throw problem(type, "missing (expected: in gHotSpotVMTypes)");
        }
        return size;
    }

    /** The size of a type, where there is such a type. */
    public OptionalInt sizeIfKnown(String type) {
        Integer size = sizes.get(type);
        return size == null ? OptionalInt.empty() : OptionalInt.of(size);
    }

    /** A constant of the int or long table. */
    public long constant(String name) throws VmLayoutException {
        Long value = constants.get(name);
        if (value == null) {
            throw problem(name, "missing (expected: in gHotSpotVMIntConstants or gHotSpotVMLongConstants)");
        }
        return value;
    }

    /** A constant, where it is there. */
    public OptionalLong constantIfKnown(String name) {
        Long value = constants.get(name);
        return value == null ? OptionalLong.empty() : OptionalLong.of(value);
    }

    /** A flag of type bool ({@code UseCompressedOops}); false where this JVM has no such flag. */
    public boolean isFlagSet(String name) throws ProcessReadException {
        Long address = flags.get(name);
        return address != null && pages.u8(address) != 0;
    }

    /** The 64-bit value of a flag of type size_t, intx or uintx. */
    public OptionalLong flag(String name) throws ProcessReadException {
        Long address = flags.get(name);
        return address == null ? OptionalLong.empty() : OptionalLong.of(pages.i64(address));
    }

    /** The pages by which the tables were read, for what is read beside them. */
    MemoryPages pages() {
        return pages;
    }

    VmLayoutException problem(String what, String problem) {
        return new VmLayoutException(version, what, problem);
    }
}
