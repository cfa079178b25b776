package dev.sonde.agent.record;

import dev.sonde.agent.aggregate.LocationNames;
import dev.sonde.agent.aggregate.Window;
import dev.sonde.agent.mapping.ExecutableFile;
import dev.sonde.symbolizer.elf.ElfFile;
import dev.sonde.symbolizer.symbols.Symbol;
import dev.sonde.symbolizer.symbols.SymbolTable;
import java.io.IOException;
import java.lang.foreign.MemorySegment;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Function;
import java.util.function.UnaryOperator;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Names the native locations of a window by the symbols of the files they lie in: file by file, one table in memory. */
final class LocalNames implements LocationNames {

    private static final Logger LOG = LoggerFactory.getLogger(LocalNames.class);

    private final Name[] names;

    private LocalNames(int locations) {
        names = new Name[locations];
    }

    /**
     * Looks all names up.
     *
     * @param bytes the contents of a file, where they can be read
     * @param demangle from a symbol to a name for people
     */
    static LocalNames of(
            Window<?> window, Function<ExecutableFile, Optional<MemorySegment>> bytes, UnaryOperator<String> demangle) {
        LocalNames names = new LocalNames(window.locationCount());
        Map<ExecutableFile, List<Integer>> byFile = IntStream.range(0, window.locationCount())
                .boxed()
                .filter(number -> window.location(number).unnamedIn() != null)
                .collect(Collectors.groupingBy(
                        number -> window.location(number).unnamedIn(), LinkedHashMap::new, Collectors.toList()));
        byFile.forEach((file, numbers) ->
                bytes.apply(file).ifPresent(contents -> names.nameAll(window, file, contents, numbers, demangle)));
        return names;
    }

    private void nameAll(
            Window<?> window,
            ExecutableFile file,
            MemorySegment contents,
            List<Integer> numbers,
            UnaryOperator<String> demangle) {
        try (ElfFile elf = ElfFile.of(contents)) {
            SymbolTable symbols = SymbolTable.read(elf);
            for (int number : numbers) {
                Symbol symbol = symbols.lookup(window.location(number).address());
                if (symbol != null) {
                    names[number] = new Name(demangle.apply(symbol.name()), symbol.name());
                }
            }
        } catch (IOException e) {
            LOG.info("no names from {}: {}", file, e.getMessage());
        }
    }

    @Override
    public Optional<Name> name(int location) {
        return Optional.ofNullable(names[location]);
    }
}
