package dev.sonde.symbolizer.elf;

import static org.assertj.core.api.Assertions.assertThat;

import dev.sonde.symbolizer.fixture.ReferenceTool;
import dev.sonde.symbolizer.fixture.SystemFiles;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

/** Segments, sections and build ids of this machine's libraries, against readelf. */
class ReadelfIT {

    private static final int LIBRARIES = 60;

    private final ReferenceTool readelf = ReferenceTool.require("readelf");

    @Test
    void buildIdsAgree() throws Exception {
        Map<String, String> expected = expectedBuildIds();
        Map<String, String> actual = new HashMap<>();
        for (Path library : SystemFiles.someLibraries(LIBRARIES)) {
            String name = library.toString();
            if (expected.containsKey(name)) {
                try (ElfFile file = ElfFile.open(library)) {
                    file.gnuBuildId().ifPresent(id -> actual.put(name, id.hex()));
                }
            }
        }
        assertThat(expected).hasSizeGreaterThan(10);
        assertThat(actual).isEqualTo(expected);
    }

    private Map<String, String> expectedBuildIds() throws Exception {
        Map<String, String> ids = new HashMap<>();
        for (Path library : elfLibraries()) {
            readelf.output("-nW", library.toString())
                    .lines()
                    .filter(line -> line.contains("Build ID: "))
                    .forEach(line -> ids.put(
                            library.toString(),
                            line.replaceFirst(".*Build ID: ", "").strip()));
        }
        return ids;
    }

    @Test
    void segmentsAndSectionsAgree() throws Exception {
        for (Path library : elfLibraries()) {
            try (ElfFile file = ElfFile.open(library)) {
                assertThat(segments(file)).as("%s", library).isEqualTo(readelfSegments(library));
                assertThat(sections(file)).as("%s", library).isEqualTo(readelfSections(library));
            }
        }
    }

    private static List<String> segments(ElfFile file) {
        return file.loadSegments().stream()
                .map(segment -> "%x %x %x %x %b"
                        .formatted(
                                segment.offset(),
                                segment.vaddr(),
                                segment.fileSizeBytes(),
                                segment.memorySizeBytes(),
                                segment.executable()))
                .toList();
    }

    private List<String> readelfSegments(Path library) throws Exception {
        List<String> segments = new ArrayList<>();
        for (String line : readelf.output("-lW", library.toString()).lines().toList()) {
            String[] words = line.strip().split(" +", -1);
            if (words[0].equals("LOAD")) {
                segments.add("%x %x %x %x %b"
                        .formatted(hex(words[1]), hex(words[2]), hex(words[4]), hex(words[5]), line.contains(" E ")));
            }
        }
        return segments;
    }

    private static List<String> sections(ElfFile file) throws IOException {
        return file.sections().stream()
                .skip(1)
                .map(section -> "%s %x %x %x"
                        .formatted(section.name(), section.address(), section.offset(), section.sizeBytes()))
                .toList();
    }

    private List<String> readelfSections(Path library) throws Exception {
        List<String> sections = new ArrayList<>();
        for (String line : readelf.output("-SW", library.toString()).lines().toList()) {
            int bracket = line.indexOf(']');
            if (line.startsWith("  [") && bracket > 0 && Character.isDigit(line.charAt(bracket - 1))) {
                String[] words = line.substring(bracket + 1).strip().split(" +", -1);
                if (!words[0].equals("NULL")) {
                    sections.add("%s %x %x %x".formatted(words[0], hex(words[2]), hex(words[3]), hex(words[4])));
                }
            }
        }
        return sections;
    }

    private static long hex(String word) {
        return Long.parseUnsignedLong(word.startsWith("0x") ? word.substring(2) : word, 16);
    }

    /** Linker scripts are called .so too. */
    private static List<Path> elfLibraries() throws IOException {
        List<Path> libraries = new ArrayList<>();
        for (Path library : SystemFiles.someLibraries(LIBRARIES)) {
            try (ElfFile file = ElfFile.open(library)) {
                assertThat(file.machine()).isEqualTo(62);
                libraries.add(library);
            } catch (ElfException e) {
                assertThat(e.reason()).as("%s", library).isEqualTo(ElfException.Reason.NOT_ELF);
            }
        }
        return libraries;
    }
}
