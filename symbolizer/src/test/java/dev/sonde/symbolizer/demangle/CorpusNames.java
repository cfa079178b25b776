package dev.sonde.symbolizer.demangle;

import static org.junit.jupiter.api.Assumptions.assumeTrue;

import dev.sonde.symbolizer.elf.ElfFile;
import dev.sonde.symbolizer.symbols.SymbolTable;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.TreeSet;
import java.util.function.Predicate;

/** Mangled names out of real files. */
final class CorpusNames {

    private CorpusNames() {}

    /** The distinct function names of files, in order, that a predicate holds for. */
    static List<String> of(List<Path> files, Predicate<String> wanted) throws IOException {
        TreeSet<String> names = new TreeSet<>();
        for (Path path : files) {
            try (ElfFile file = ElfFile.open(path)) {
                SymbolTable table = SymbolTable.read(file);
                for (int i = 0; i < table.size(); i++) {
                    String name = table.name(i);
                    // A PLT entry's name is ours, not the compiler's.
                    if (wanted.test(name) && !name.endsWith("@plt")) {
                        names.add(name);
                    }
                }
            }
        }
        assumeTrue(!names.isEmpty(), () -> "SKIPPED: no names in " + files);
        return new ArrayList<>(names);
    }
}
