package dev.sonde.agent.jvm.layout;

import dev.sonde.agent.jvm.memory.MemoryPages;
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
 * @param zgcLayout what ZGC tells of their colours, and of where it moves objects
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
        boolean zgc,
        ZgcLayout zgcLayout) {

    /** A pointer to an object from its 32 bits. */
    public long oop(int narrow) {
        return narrow == 0 ? 0 : narrowOopBase + (Integer.toUnsignedLong(narrow) << narrowOopShift);
    }

    /**
     * Where an array has its length, 4 bytes: behind the class pointer, which compact headers have in the mark word
     * (oops/arrayOop.hpp, length_offset_in_bytes).
     */
    public int arrayLength() {
        if (compactHeaders) {
            return Long.BYTES;
        }
        return klass + (narrowKlasses ? Integer.BYTES : Long.BYTES);
    }

    /**
     * Where an array of bytes has its first: behind the length; before JDK 23 aligned to a word (JDK-8139457:
     * arrayOop.hpp, base_offset_in_bytes).
     */
    public int byteArrayBase(int jdk) {
        int behind = arrayLength() + Integer.BYTES;
        return jdk >= 23 ? behind : behind + Long.BYTES - 1 & -Long.BYTES;
    }

    /** The object that a field of another refers to; 0 where there is none. Coloured as it stands there, with ZGC. */
    public long reference(MemoryPages pages, long field) throws ProcessReadException {
        return narrowOops ? oop(pages.i32(field)) : pages.i64(field);
    }

    /** How wide a reference in an object is, bytes. */
    public int referenceBytes() {
        return narrowOops ? Integer.BYTES : Long.BYTES;
    }

    /** The class of an object: the address of its Klass. */
    public long klassOf(MemoryPages pages, long object) throws ProcessReadException {
        if (compactHeaders) {
            return narrowKlassBase + (pages.i64(object) >>> markKlassShift << narrowKlassShift);
        }
        return narrowKlasses
                ? narrowKlassBase + (pages.u32(object + klass) << narrowKlassShift)
                : pages.i64(object + klass);
    }

    static OopLayout read(VmStructs s, SymbolValues symbols) throws VmLayoutException, ProcessReadException {
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
                narrowKlasses ? narrowKlassShift(s) : 0,
                compact,
                (int) s.constantIfKnown("markWord::klass_shift").orElse(VmLayout.ABSENT),
                s.offsetOfFirst("oopDesc::_metadata._compressed_klass", "oopDesc::_compressed_klass"),
                s.isFlagSet("UseZGC"),
                ZgcLayout.read(s, symbols));
    }

    /** JDK 25 leaves it at -1 where class pointers are not compressed. */
    private static int narrowKlassShift(VmStructs s) throws VmLayoutException, ProcessReadException {
        return shift(
                s,
                "CompressedKlassPointers::_shift",
                "CompressedKlassPointers::_narrow_klass._shift",
                "Universe::_narrow_klass._shift");
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
