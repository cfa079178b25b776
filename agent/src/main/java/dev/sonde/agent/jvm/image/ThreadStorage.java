package dev.sonde.agent.jvm.image;

import dev.sonde.agent.jvm.layout.LibJvm;
import dev.sonde.agent.jvm.layout.VmLayout;
import dev.sonde.agent.jvm.memory.MemoryPages;
import dev.sonde.agent.jvm.memory.ProcessReadException;
import dev.sonde.symbolizer.elf.ElfException;
import dev.sonde.symbolizer.elf.ElfFile;
import dev.sonde.symbolizer.elf.ElfReader;
import dev.sonde.symbolizer.elf.Section;
import java.io.IOException;
import java.util.List;

/**
 * libjvm's thread-local storage: glibc's dynamic linker numbers the modules that have any, and writes a module's own
 * number wherever its relocations ask for it (Drepper, ELF Handling For Thread-Local Storage, section 4.1.6).
 *
 * @param slot the address of such a place in the process's memory, or ABSENT_ADDRESS where there is none, or where the C
 *     library is not glibc: another keeps the blocks in another form
 */
record ThreadStorage(long slot) {

    private static final ThreadStorage UNKNOWN = new ThreadStorage(VmLayout.ABSENT_ADDRESS);

    /** SHT_DYNAMIC, and the tags of its entries (elf(5), elf.h). */
    private static final int DYNAMIC = 6;

    private static final long NEEDED = 1;
    private static final long RELA = 7;
    private static final long RELACOUNT = 0x6ffffff9;
    private static final int DYNAMIC_ENTRY_BYTES = 16;

    private static final int RELA_ENTRY_BYTES = 24;

    /** R_X86_64_DTPMOD64 without a symbol, r_info as a whole (System V ABI for x86-64, table 4.9). */
    private static final long OWN_MODULE = 16;

    private static final String GLIBC = "libc.so.6";

    /** libjvm has some 500 relocations that are no mere additions; this bounds the search. */
    private static final int MAX_RELOCATIONS = 1 << 17;

    /** libjvm has some 30; a section says any size. */
    private static final long MAX_DYNAMIC_BYTES = 64L << 10;

    /** More modules than a process loads (struct dtv_slotinfo_list grows by 64). */
    private static final long MAX_MODULES = 1 << 16;

    static ThreadStorage of(LibJvm libjvm) throws IOException {
        try (ElfFile elf = libjvm.open()) {
            List<Section> sections = elf.sections();
            for (Section section : sections) {
                if (section.type() == DYNAMIC && section.link() > 0 && section.link() < sections.size()) {
                    return of(elf, section, libjvm.loadBias());
                }
            }
            return UNKNOWN;
        } catch (ElfException e) {
            return UNKNOWN;
        }
    }

    private static ThreadStorage of(ElfFile elf, Section dynamic, long loadBias) throws IOException {
        ElfReader entries = elf.reader(dynamic);
        ElfReader names = elf.reader(elf.sections().get(dynamic.link()));
        boolean glibc = false;
        long table = 0;
        long additions = 0;
        long end = Math.min(entries.sizeBytes(), MAX_DYNAMIC_BYTES);
        for (long at = 0; at + DYNAMIC_ENTRY_BYTES <= end; at += DYNAMIC_ENTRY_BYTES) {
            long tag = entries.i64(at);
            long value = entries.i64(at + Long.BYTES);
            if (tag == NEEDED) {
                glibc |= names.text(value, GLIBC.length() + 1).equals(GLIBC);
            } else if (tag == RELA) {
                table = value;
            } else if (tag == RELACOUNT) {
                additions = value;
            }
        }
        for (Section section : elf.sections()) {
            if (glibc && section.type() == Section.RELA && section.address() == table) {
                return ownModule(elf.reader(section), additions, loadBias);
            }
        }
        return UNKNOWN;
    }

    /** Mere additions of the load bias come first, DT_RELACOUNT of them. */
    private static ThreadStorage ownModule(ElfReader relocations, long additions, long loadBias) throws IOException {
        long count = relocations.sizeBytes() / RELA_ENTRY_BYTES;
        long first = Math.clamp(additions, 0, count);
        for (long i = first; i < Math.min(count, first + MAX_RELOCATIONS); i++) {
            if (relocations.i64(i * RELA_ENTRY_BYTES + Long.BYTES) == OWN_MODULE) {
                return new ThreadStorage(loadBias + relocations.i64(i * RELA_ENTRY_BYTES));
            }
        }
        return UNKNOWN;
    }

    /** The module's number in the process; 0 where it is not known. */
    int module(MemoryPages pages) throws ProcessReadException {
        long module = slot == VmLayout.ABSENT_ADDRESS ? 0 : pages.i64(slot);
        return module > 0 && module < MAX_MODULES ? (int) module : 0;
    }
}
