package dev.sonde.symbolizer.elf;

/**
 * A PT_LOAD program header: which bytes of the file lie at which ELF virtual addresses. The file may be shorter than
 * a segment says, as separate debuginfo is.
 *
 * @param offset p_offset, where it starts in the file
 * @param vaddr p_vaddr, where it starts in memory before relocation; unsigned
 * @param fileSizeBytes p_filesz, how much of it the file holds
 * @param memorySizeBytes p_memsz, how long it is in memory; at least the former
 * @param flags p_flags
 */
public record LoadSegment(long offset, long vaddr, long fileSizeBytes, long memorySizeBytes, int flags) {

    private static final int EXECUTE = 1;

    /** Whether PF_X is set. */
    public boolean executable() {
        return (flags & EXECUTE) != 0;
    }

    /** Whether the file offset lies in the part that the file holds. */
    public boolean containsOffset(long fileOffset) {
        return fileOffset >= offset && fileOffset - offset < fileSizeBytes;
    }

    /** Whether the ELF virtual address lies in the segment. */
    public boolean containsAddress(long address) {
        return Long.compareUnsigned(address - vaddr, memorySizeBytes) < 0;
    }

    /** The ELF virtual address of a file offset; right for every offset of the pages that the segment is mapped by. */
    public long addressOf(long fileOffset) {
        return fileOffset - offset + vaddr;
    }
}
