package dev.sonde.agent.record;

import dev.sonde.agent.aggregate.LocationNames;
import dev.sonde.agent.aggregate.Window;
import dev.sonde.agent.mapping.ExecutableFile;
import dev.sonde.symbolizer.elf.ElfFile;
import dev.sonde.symbolizer.symbolize.AddressNames;
import dev.sonde.symbolizer.symbolize.FrameLine;
import java.io.IOException;
import java.lang.foreign.MemorySegment;
import java.util.ArrayList;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Function;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Names the native locations of a window by the symbols of the files they lie in: file by file, one table in memory. */
final class LocalNames implements LocationNames {

    private static final Logger LOG = LoggerFactory.getLogger(LocalNames.class);

    private final List<List<FrameLine>> lines;

    private LocalNames(int locations) {
        lines = new ArrayList<>(Collections.nCopies(locations, List.of()));
    }

    /**
     * Looks all names up.
     *
     * @param bytes the contents of a file, where they can be read
     */
    static LocalNames of(Window<?> window, Function<ExecutableFile, Optional<MemorySegment>> bytes) {
        LocalNames names = new LocalNames(window.locationCount());
        Map<ExecutableFile, List<Integer>> byFile = IntStream.range(0, window.locationCount())
                .boxed()
                .filter(number -> window.location(number).unnamedIn() != null)
                .collect(Collectors.groupingBy(
                        number -> window.location(number).unnamedIn(), LinkedHashMap::new, Collectors.toList()));
        byFile.forEach((file, numbers) ->
                bytes.apply(file).ifPresent(contents -> names.nameAll(window, file, contents, numbers)));
        return names;
    }

    private void nameAll(Window<?> window, ExecutableFile file, MemorySegment contents, List<Integer> numbers) {
        try (ElfFile elf = ElfFile.of(contents)) {
            AddressNames names = AddressNames.open(elf);
            for (int number : numbers) {
                lines.set(number, names.lines(window.location(number).address()));
            }
        } catch (IOException e) {
            LOG.info("no names from {}: {}", file, e.getMessage());
        }
    }

    @Override
    public List<FrameLine> lines(int location) {
        return lines.get(location);
    }
}
