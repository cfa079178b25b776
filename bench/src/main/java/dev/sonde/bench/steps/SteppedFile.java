package dev.sonde.bench.steps;

import dev.sonde.agent.mapping.Vdso;
import dev.sonde.agent.unwind.FileTable;
import dev.sonde.agent.unwind.host.HostTable;
import dev.sonde.bench.snapshot.SnapshotTable;
import dev.sonde.symbolizer.elf.ElfFile;
import dev.sonde.symbolizer.elf.LoadSegment;
import dev.sonde.symbolizer.symbolize.AddressNames;
import dev.sonde.symbolizer.symbolize.FrameLine;
import java.io.IOException;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.channels.FileChannel;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;

/**
 * A file with code that a stepped program has mapped.
 *
 * @param content its bytes, native memory
 * @param table empty where it has none
 */
public record SteppedFile(
        String name,
        MemorySegment content,
        Optional<HostTable> table,
        List<LoadSegment> segments,
        AddressNames symbols) {

    /** Reads a file, or the vDSO by the name that maps show. */
    static SteppedFile read(String path) throws IOException {
        if (path.equals("[vdso]")) {
            byte[] image = Vdso.image();
            MemorySegment content = Arena.ofAuto().allocate(image.length);
            MemorySegment.copy(image, 0, content, ValueLayout.JAVA_BYTE, 0, image.length);
            return of(path, content);
        }
        try (FileChannel channel = FileChannel.open(Path.of(path))) {
            return of(path, channel.map(FileChannel.MapMode.READ_ONLY, 0, channel.size(), Arena.ofAuto()));
        }
    }

    private static SteppedFile of(String path, MemorySegment content) throws IOException {
        try (ElfFile elf = ElfFile.of(content);
                FileTable table = FileTable.read(elf)) {
            var image = table.image();
            Optional<HostTable> host = image.isPresent() ? Optional.of(new HostTable(image.get())) : Optional.empty();
            return new SteppedFile(path, content, host, elf.loadSegments(), AddressNames.open(elf));
        }
    }

    /** What look-ups at some offsets touch of its table. */
    SnapshotTable tableAt(List<Long> fileOffsets) throws IOException {
        try (ElfFile elf = ElfFile.of(content);
                FileTable whole = FileTable.read(elf)) {
            return SnapshotTable.of(whole.image().orElseThrow(), fileOffsets);
        }
    }

    /** The ELF virtual address of a byte of the file. */
    long elfAddress(long fileOffset) {
        for (LoadSegment segment : segments) {
            if (segment.executable() && segment.containsOffset(fileOffset)) {
                return segment.addressOf(fileOffset);
            }
        }
        return fileOffset;
    }

    /** The function at an ELF virtual address, empty where none is known. */
    String function(long elfAddress) {
        List<FrameLine> lines = symbols.lines(elfAddress);
        return lines.isEmpty() ? "" : lines.getFirst().name();
    }
}
