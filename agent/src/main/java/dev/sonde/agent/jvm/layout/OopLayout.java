package dev.sonde.agent.jvm.layout;

import dev.sonde.agent.jvm.memory.ProcessReadException;

/**
 * How pointers to objects and classes are written in this JVM (oops/compressedOops.hpp, compressedKlass.hpp,
 * oop.hpp). Settled when the heap is reserved; read before that, bases are 0.
 *
 * @param narrowOops whether pointers in objects are 32 bits wide (UseCompressedOops)
 * @param narrowOopBase their base
 * @param narrowOopShift their shift
 * @param narrowKlasses whether the pointer to a class in an object is 32 bits wide (UseCompressedClassPointers)
 * @param narrowKlassBase its base
 * @param narrowKlassShift its shift
 * @param compactHeaders whether it stands in the mark word (UseCompactObjectHeaders)
 * @param markKlassShift where in the mark word then, or ABSENT
 * @param klass oopDesc::_metadata, where it stands else
 * @param zgc whether pointers in objects are ZGC's coloured ones
 */
public record OopLayout(
        boolean narrowOops,
        long narrowOopBase,
        int narrowOopShift,
        boolean narrowKlasses,
        long narrowKlassBase,
        int narrowKlassShift,
        boolean compactHeaders,
        int markKlassShift,
        int klass,
        boolean zgc) {

    /** A pointer to an object from its 32 bits. */
    public long oop(int narrow) {
        return narrow == 0 ? 0 : narrowOopBase + (Integer.toUnsignedLong(narrow) << narrowOopShift);
    }

    static OopLayout read(VmStructs s) throws VmLayoutException, ProcessReadException {
        boolean compact = s.isFlagSet("UseCompactObjectHeaders");
        // The flag went away with JDK 27: class pointers are always narrow there.
        boolean narrowKlasses = compact
                || s.isFlagSet("UseCompressedClassPointers")
                || s.flag("UseCompressedClassPointers").isEmpty();
        return new OopLayout(
                s.isFlagSet("UseCompressedOops"),
                pointer(s, "CompressedOops::_base", "CompressedOops::_narrow_oop._base", "Universe::_narrow_oop._base"),
                shift(
                        s,
                        "CompressedOops::_shift",
                        "CompressedOops::_narrow_oop._shift",
                        "Universe::_narrow_oop._shift"),
                narrowKlasses,
                pointer(
                        s,
                        "CompressedKlassPointers::_base",
                        "CompressedKlassPointers::_narrow_klass._base",
                        "Universe::_narrow_klass._base"),
                shift(
                        s,
                        "CompressedKlassPointers::_shift",
                        "CompressedKlassPointers::_narrow_klass._shift",
                        "Universe::_narrow_klass._shift"),
                compact,
                (int) s.constantIfKnown("markWord::klass_shift").orElse(VmLayout.ABSENT),
                s.offsetOfFirst("oopDesc::_metadata._compressed_klass", "oopDesc::_compressed_klass"),
                s.isFlagSet("UseZGC"));
    }

    private static long pointer(VmStructs s, String... candidates) throws VmLayoutException, ProcessReadException {
        return s.pages().i64(s.staticAddressOfFirst(candidates));
    }

    private static int shift(VmStructs s, String... candidates) throws VmLayoutException, ProcessReadException {
        int shift = s.pages().i32(s.staticAddressOfFirst(candidates));
        if (shift < 0 || shift > Long.BYTES * 4) {
            throw s.problem(candidates[0], shift + " (expected: 0 to 32)");
        }
        return shift;
    }
}
