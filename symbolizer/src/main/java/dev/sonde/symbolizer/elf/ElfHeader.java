package dev.sonde.symbolizer.elf;

import java.io.IOException;

/**
 * The fields of Elf64_Ehdr that are used, checked.
 *
 * @param type e_type
 * @param machine e_machine
 * @param programOffset file offset of the program headers
 * @param programCount how many of them
 * @param sectionOffset file offset of the section headers, 0 where there are none
 * @param sectionCount e_shnum, not yet corrected by section 0
 * @param sectionNames e_shstrndx, not yet corrected by section 0
 */
record ElfHeader(
        int type,
        int machine,
        long programOffset,
        int programCount,
        long sectionOffset,
        int sectionCount,
        int sectionNames) {

    static final int SIZE_BYTES = 64;
    static final int MACHINE_X86_64 = 62;
    static final int PROGRAM_HEADER_BYTES = 56;
    static final int SECTION_HEADER_BYTES = 64;

    /** The kernel runs no file with more than 64 KiB of program headers (load_elf_phdrs in fs/binfmt_elf.c). */
    private static final int MAX_PROGRAM_HEADERS = 65536 / PROGRAM_HEADER_BYTES;

    private static final long MAGIC = 0x464c457fL;

    static ElfHeader read(ElfReader file) throws IOException {
        if (file.sizeBytes() < 4 || file.u32(0) != MAGIC) {
            throw ElfException.notElf("file: does not start with 7f 45 4c 46 (expected: an ELF file)");
        }
        if (file.sizeBytes() < SIZE_BYTES) {
            throw ElfException.malformed("file", file.sizeBytes() + " bytes", "a header of " + SIZE_BYTES);
        }
        checkIdentity(file);
        int machine = file.u16(18);
        if (machine != MACHINE_X86_64) {
            throw ElfException.unsupported("e_machine", machine, "62, x86-64; no other machine is read yet");
        }
        long sectionOffset = file.i64(40);
        int programCount = file.u16(56);
        if (programCount > MAX_PROGRAM_HEADERS) {
            throw ElfException.tooLarge("e_phnum", programCount, "at most " + MAX_PROGRAM_HEADERS);
        }
        long programOffset = file.i64(32);
        if (programCount > 0) {
            expect("e_phentsize", file.u16(54), PROGRAM_HEADER_BYTES);
            ElfRanges.checkInFile(
                    "e_phoff", programOffset, (long) programCount * PROGRAM_HEADER_BYTES, file.sizeBytes());
        }
        return new ElfHeader(
                file.u16(16), machine, programOffset, programCount, sectionOffset, file.u16(60), file.u16(62));
    }

    private static void checkIdentity(ElfReader file) throws IOException {
        if (file.u8(4) != 2) {
            throw ElfException.unsupported("EI_CLASS", file.u8(4), "2, a 64-bit file; 32-bit files are not read");
        }
        if (file.u8(5) != 1) {
            throw ElfException.unsupported("EI_DATA", file.u8(5), "1, little-endian; big-endian files are not read");
        }
        expect("EI_VERSION", file.u8(6), 1);
        expect("e_version", file.u32(20), 1);
    }

    private static void expect(String field, long value, long expected) throws ElfException {
        if (value != expected) {
            throw ElfException.malformed(field, value, Long.toString(expected));
        }
    }
}
