package dev.sonde.symbolizer.symbols;

import dev.sonde.symbolizer.elf.ElfFile;
import dev.sonde.symbolizer.elf.Section;
import java.io.IOException;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;

/**
 * The sections with instructions, by address. A symbol's own section index is not asked: tools that remove a section
 * leave the indices in .dynsym as they were.
 */
final class CodeSections {

    private final List<Section> inFileOrder = new ArrayList<>();
    private final List<Numbered> byAddress = new ArrayList<>();

    /** A section and its place in the file's order. */
    private record Numbered(Section section, int number) {}

    CodeSections(ElfFile file) throws IOException {
        for (Section section : file.sections()) {
            if (section.executable() && section.sizeBytes() > 0) {
                byAddress.add(new Numbered(section, inFileOrder.size()));
                inFileOrder.add(section);
            }
        }
        byAddress.sort(Comparator.comparing(numbered -> numbered.section().address(), Long::compareUnsigned));
    }

    List<Section> inFileOrder() {
        return inFileOrder;
    }

    /** The section that the ELF virtual address lies in, or null. Sections of a sound file do not overlap. */
    Section at(long address) {
        int number = numberAt(address);
        return number < 0 ? null : inFileOrder.get(number);
    }

    /** The index among {@link #inFileOrder()} of the section that the ELF virtual address lies in, or -1. */
    int numberAt(long address) {
        int low = 0;
        int high = byAddress.size() - 1;
        while (low <= high) {
            int middle = (low + high) >>> 1;
            if (Long.compareUnsigned(byAddress.get(middle).section().address(), address) <= 0) {
                low = middle + 1;
            } else {
                high = middle - 1;
            }
        }
        return high >= 0 && byAddress.get(high).section().containsAddress(address)
                ? byAddress.get(high).number()
                : -1;
    }
}
