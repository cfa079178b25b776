package dev.sonde.agent.jvm.layout;

import dev.sonde.agent.mapping.ExecutableFiles;
import dev.sonde.agent.mapping.Mapping;
import dev.sonde.symbolizer.elf.ElfException;
import dev.sonde.symbolizer.elf.ElfFile;
import dev.sonde.symbolizer.elf.LoadSegment;
import dev.sonde.symbolizer.elf.Section;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * The file with HotSpot's code as one process has it mapped: libjvm.so, whatever its name, or a launcher that it is
 * linked into.
 *
 * @param file where this agent can open it
 * @param mappedPath the path by which the process knows it
 * @param loadBias what is added to the file's addresses to get the process's
 */
public record LibJvm(Path file, String mappedPath, long loadBias) {

    /** What tells a HotSpot JVM: the table exported for the Serviceability Agent (runtime/vmStructs.cpp). */
    static final String VM_STRUCTS = "gHotSpotVMStructs";

    /**
     * A symbol of it, code or data, where it lies in the process.
     *
     * @param name as linked; C++ names are mangled
     * @param address in the process's memory
     * @param sizeBytes st_size; 0 where the table states none
     */
    public record Symbol(String name, long address, long sizeBytes) {}

    /** Looks into the file of one executable mapping; empty when it cannot be read, too. */
    public static Optional<LibJvm> of(Path proc, int pid, Mapping mapping) {
        for (Path path : ExecutableFiles.paths(proc, pid, mapping)) {
            try (ElfFile elf = ElfFile.open(path)) {
                return isIn(elf) ? bias(elf, mapping).map(b -> new LibJvm(path, mapping.path(), b)) : Optional.empty();
            } catch (ElfException e) {
                return Optional.empty();
            } catch (IOException e) {
                // No right to the first path (proc_pid_map_files(5)), or no such name in the process's namespace.
            }
        }
        return Optional.empty();
    }

    /** Whether an ELF file is a HotSpot JVM, by the symbols that it exports. */
    public static boolean isIn(ElfFile elf) throws IOException {
        return SymbolSearch.find(elf, List.of(VM_STRUCTS), 0, Section.DYNSYM).containsKey(VM_STRUCTS);
    }

    private static Optional<Long> bias(ElfFile elf, Mapping mapping) {
        for (LoadSegment segment : elf.loadSegments()) {
            if (segment.containsOffset(mapping.fileOffset())) {
                return Optional.of(mapping.start() - segment.addressOf(mapping.fileOffset()));
            }
        }
        return Optional.empty();
    }

    /** Opens the file to read its code or its other tables. */
    public ElfFile open() throws IOException {
        if (!Files.exists(file)) {
            throw new NoSuchFileException(file.toString());
        }
        return ElfFile.open(file);
    }

    /**
     * The symbols of {@code .symtab} and {@code .dynsym} whose names start with one of these prefixes, by name: code and
     * data, local ones too. One pass over some 100,000 symbols: ask once for all. Empty where the file is stripped.
     */
    public Map<String, Symbol> symbols(List<String> prefixes) throws IOException {
        try (ElfFile elf = open()) {
            Map<String, Symbol> all = new HashMap<>(SymbolSearch.find(elf, prefixes, loadBias, Section.SYMTAB));
            SymbolSearch.find(elf, prefixes, loadBias, Section.DYNSYM).forEach(all::putIfAbsent);
            return all;
        }
    }

    /** As {@link #symbols}, of the exported ones alone. */
    Map<String, Symbol> exported(String prefix) throws IOException {
        try (ElfFile elf = open()) {
            return SymbolSearch.find(elf, List.of(prefix), loadBias, Section.DYNSYM);
        }
    }
}
