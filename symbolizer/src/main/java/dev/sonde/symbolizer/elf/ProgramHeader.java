package dev.sonde.symbolizer.elf;

import java.io.IOException;

/**
 * One Elf64_Phdr.
 *
 * @param type p_type
 * @param flags p_flags
 * @param offset p_offset
 * @param vaddr p_vaddr
 * @param paddr p_paddr
 * @param fileSizeBytes p_filesz
 * @param memorySizeBytes p_memsz
 * @param alignment p_align
 */
public record ProgramHeader(
        int type,
        int flags,
        long offset,
        long vaddr,
        long paddr,
        long fileSizeBytes,
        long memorySizeBytes,
        long alignment) {

    /** PT_LOAD: mapped into memory. */
    public static final int LOAD = 1;
    /** PT_NOTE: notes, among them the build id. */
    public static final int NOTE = 4;

    static ProgramHeader read(ElfReader file, long at) throws IOException {
        return new ProgramHeader(
                (int) file.u32(at),
                (int) file.u32(at + 4),
                file.i64(at + 8),
                file.i64(at + 16),
                file.i64(at + 24),
                file.i64(at + 32),
                file.i64(at + 40),
                file.i64(at + 48));
    }

    /** This header as a load segment, its ranges checked as the kernel does when it maps the file. */
    LoadSegment toLoadSegment() throws ElfException {
        if (offset < 0 || fileSizeBytes < 0 || offset > Long.MAX_VALUE - fileSizeBytes) {
            throw ElfException.malformed(
                    "p_filesz",
                    Long.toUnsignedString(fileSizeBytes) + " at p_offset 0x" + Long.toHexString(offset),
                    "a range below 2^63");
        }
        if (Long.compareUnsigned(fileSizeBytes, memorySizeBytes) > 0) {
            throw ElfException.malformed(
                    "p_filesz", fileSizeBytes, "at most p_memsz " + Long.toUnsignedString(memorySizeBytes));
        }
        ElfRanges.checkNoWrap("p_vaddr", vaddr, memorySizeBytes);
        return new LoadSegment(offset, vaddr, fileSizeBytes, memorySizeBytes, flags);
    }
}
