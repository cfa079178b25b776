package dev.sonde.symbolizer.elf;

import java.io.IOException;

/**
 * One Elf64_Shdr with its name.
 *
 * @param name the name, cut at 255 bytes; empty where the name table has none
 * @param type sh_type
 * @param flags sh_flags
 * @param address sh_addr
 * @param offset sh_offset
 * @param sizeBytes sh_size
 * @param link sh_link
 * @param info sh_info
 * @param alignment sh_addralign
 * @param entrySizeBytes sh_entsize
 */
public record Section(
        String name,
        int type,
        long flags,
        long address,
        long offset,
        long sizeBytes,
        int link,
        int info,
        long alignment,
        long entrySizeBytes) {

    /** SHT_PROGBITS. */
    public static final int PROGBITS = 1;
    /** SHT_SYMTAB. */
    public static final int SYMTAB = 2;
    /** SHT_STRTAB. */
    public static final int STRTAB = 3;
    /** SHT_RELA. */
    public static final int RELA = 4;
    /** SHT_NOTE. */
    public static final int NOTE = 7;
    /** SHT_NOBITS: takes no room in the file. */
    public static final int NOBITS = 8;
    /** SHT_DYNSYM. */
    public static final int DYNSYM = 11;

    private static final long FLAG_EXECUTE = 0x4;
    private static final long FLAG_COMPRESSED = 0x800;

    static Section read(ElfReader file, long at, String name) throws IOException {
        return new Section(
                name,
                (int) file.u32(at + 4),
                file.i64(at + 8),
                file.i64(at + 16),
                file.i64(at + 24),
                file.i64(at + 32),
                (int) file.u32(at + 40),
                (int) file.u32(at + 44),
                file.i64(at + 48),
                file.i64(at + 56));
    }

    /** Whether it holds instructions (SHF_EXECINSTR). */
    public boolean executable() {
        return (flags & FLAG_EXECUTE) != 0;
    }

    /** Whether its bytes start with an Elf64_Chdr and are compressed (SHF_COMPRESSED). */
    public boolean compressed() {
        return (flags & FLAG_COMPRESSED) != 0;
    }

    /** Whether the ELF virtual address lies in the section. */
    public boolean containsAddress(long vaddr) {
        return Long.compareUnsigned(vaddr - address, sizeBytes) < 0;
    }
}
