package dev.sonde.symbolizer.cfi;

import dev.sonde.symbolizer.elf.ElfException;
import dev.sonde.symbolizer.elf.ElfFile;
import dev.sonde.symbolizer.elf.LoadSegment;

/**
 * What lies between the first and the last byte of a file's executable segments.
 *
 * @param start ELF virtual address of the first byte
 * @param end that of the first byte behind them
 */
public record CodeRange(long start, long end) {

    /** Calls reach 2 GiB; code models beyond that are not in use, and offsets stay within 31 bits. */
    private static final long MAX_BYTES = 1L << 31;

    /** The range of a file; a file without code, or with too much of it, is refused. */
    public static CodeRange of(ElfFile file) throws ElfException {
        long start = -1;
        long end = 0;
        for (LoadSegment segment : file.loadSegments()) {
            // Separate debuginfo has the segments without their bytes, so the size in memory counts.
            if (segment.executable() && segment.memorySizeBytes() > 0) {
                long segmentEnd = segment.vaddr() + segment.memorySizeBytes();
                start = end == 0 || Long.compareUnsigned(segment.vaddr(), start) < 0 ? segment.vaddr() : start;
                end = Long.compareUnsigned(segmentEnd, end) > 0 ? segmentEnd : end;
            }
        }
        if (end == 0) {
            throw ElfException.unsupported("executable segments", "none", "at least one");
        }
        if (Long.compareUnsigned(end - start, MAX_BYTES) > 0) {
            throw ElfException.tooLarge(
                    "executable segments", Long.toUnsignedString(end - start) + " bytes", "at most " + MAX_BYTES);
        }
        return new CodeRange(start, end);
    }

    /** Whether the ELF virtual address lies in it. */
    public boolean contains(long pc) {
        return Long.compareUnsigned(pc, start) >= 0 && Long.compareUnsigned(pc, end) < 0;
    }

    /** How long it is. */
    public long bytes() {
        return end - start;
    }
}
