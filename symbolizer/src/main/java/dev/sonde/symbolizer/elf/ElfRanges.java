package dev.sonde.symbolizer.elf;

/** Checks of offset and size pairs that a file claims, safe against overflow: every value may be hostile. */
final class ElfRanges {

    private ElfRanges() {}

    /** Refuses a range that is not wholly within a file. */
    static void checkInFile(String field, long offset, long size, long fileSize) throws ElfException {
        if (!within(offset, size, fileSize)) {
            throw ElfException.malformed(
                    field, describe(offset, size), "within the " + fileSize + " bytes of the file");
        }
    }

    /** Refuses a range that wraps around; kernel images lie in the upper half, so starts may be negative longs. */
    static void checkNoWrap(String field, long start, long size) throws ElfException {
        if (size < 0 || (start < 0 && start + size > 0)) {
            throw ElfException.malformed(field, describe(start, size), "a range that does not wrap around");
        }
    }

    static boolean within(long offset, long size, long total) {
        return offset >= 0 && size >= 0 && offset <= total && size <= total - offset;
    }

    private static String describe(long offset, long size) {
        return Long.toUnsignedString(size) + " bytes at 0x" + Long.toHexString(offset);
    }
}
