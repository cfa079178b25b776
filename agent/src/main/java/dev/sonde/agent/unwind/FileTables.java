package dev.sonde.agent.unwind;

import dev.sonde.agent.kernel.MappedCode;
import dev.sonde.agent.mapping.ExecutableFiles;
import dev.sonde.agent.mapping.Vdso;
import dev.sonde.symbolizer.cfi.UnwindTable;
import dev.sonde.symbolizer.cfi.UnwindTableCache;
import dev.sonde.symbolizer.elf.ElfException;
import dev.sonde.symbolizer.elf.ElfFile;
import java.io.IOException;
import java.lang.foreign.MemorySegment;
import java.nio.file.Path;
import java.util.Optional;

/** Tables from the very files that are mapped, whatever has become of their names. */
final class FileTables implements TableSource {

    private final Path proc;
    private final ExecutableFiles files;
    private final KernelFiles kernelFiles;
    private final Optional<UnwindTableCache> cache;

    /**
     * @param proc where procfs is mounted
     * @param kernelFiles learns each file that a table is made of
     * @param cache where tables are kept; without it they are made anew each time
     */
    FileTables(Path proc, ExecutableFiles files, KernelFiles kernelFiles, Optional<UnwindTableCache> cache) {
        this.proc = proc;
        this.files = files;
        this.kernelFiles = kernelFiles;
        this.cache = cache;
    }

    @Override
    public FileTable table(MappedCode code) throws IOException {
        if (code.file().isVdso()) {
            return table(ElfFile.of(MemorySegment.ofArray(Vdso.image())));
        }
        kernelFiles.add(code.file(), files.ofRange(code.pid(), code.start(), code.end()));
        try {
            return table(ElfFile.open(ExecutableFiles.mapFile(proc, code.pid(), code.start(), code.end())));
        } catch (ElfException e) {
            // It will not become an ELF file by being read again.
            return FileTable.none();
        }
    }

    private FileTable table(ElfFile file) throws IOException {
        try (file) {
            UnwindTable table = cache.isPresent() ? cache.get().table(file) : UnwindTable.read(file);
            return new FileTable(table, file.loadSegments());
        }
    }
}
