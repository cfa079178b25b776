package dev.sonde.agent.unwind;

import dev.sonde.agent.kernel.MappedCode;
import dev.sonde.agent.mapping.Vdso;
import dev.sonde.symbolizer.cfi.UnwindTable;
import dev.sonde.symbolizer.elf.ElfException;
import dev.sonde.symbolizer.elf.ElfFile;
import java.io.IOException;
import java.lang.foreign.MemorySegment;
import java.nio.file.Path;

/** Tables from the very files that are mapped, whatever has become of their names. */
final class FileTables implements TableSource {

    private final Path proc;

    /** @param proc where procfs is mounted */
    FileTables(Path proc) {
        this.proc = proc;
    }

    @Override
    public FileTable table(MappedCode code) throws IOException {
        if (code.file().isVdso()) {
            return table(ElfFile.of(MemorySegment.ofArray(Vdso.image())));
        }
        try {
            return table(ElfFile.open(mapped(code)));
        } catch (ElfException e) {
            // It will not become an ELF file by being read again.
            return FileTable.none();
        }
    }

    private static FileTable table(ElfFile file) throws IOException {
        try (file) {
            return new FileTable(UnwindTable.read(file), file.loadSegments());
        }
    }

    /** The mapped file itself, deleted or mounted over or not (proc_pid_map_files(5)). */
    private Path mapped(MappedCode code) {
        return proc.resolve(Integer.toString(code.pid()))
                .resolve("map_files")
                .resolve(Long.toHexString(code.start()) + "-" + Long.toHexString(code.end()));
    }
}
