package dev.sonde.symbolizer.symbols;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import dev.sonde.symbolizer.demangle.Demangler;
import dev.sonde.symbolizer.elf.ElfFile;
import dev.sonde.symbolizer.elf.Section;
import dev.sonde.symbolizer.fixture.ReferenceTool;
import dev.sonde.symbolizer.fixture.SystemFiles;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Random addresses of real files, against llvm-symbolizer; its choice among aliases is checked by nm. */
class SymbolLookupIT {

    private static final int ADDRESSES = 4000;

    private final ReferenceTool symbolizer =
            ReferenceTool.require("llvm-symbolizer", "llvm-symbolizer-18", "llvm-symbolizer-16", "llvm-symbolizer-14");
    private final ReferenceTool nm = ReferenceTool.require("nm");

    @TempDir
    Path directory;

    @Test
    void libc() throws Exception {
        agrees(SystemFiles.library("libc.so.6"));
    }

    @Test
    void libstdcxx() throws Exception {
        agrees(SystemFiles.library("libstdc++.so.6"));
    }

    @Test
    void python() throws Exception {
        agrees(SystemFiles.library("libpython3.11.so.1.0"));
    }

    @Test
    void libjvm() throws Exception {
        agrees(SystemFiles.jdk("lib/server/libjvm.so"));
    }

    @Test
    void goProgram() throws Exception {
        Path go = Path.of("/usr/local/go/bin/go");
        assumeTrue(Files.isRegularFile(go), "SKIPPED: no " + go);
        agrees(go);
    }

    @Test
    void compiledProgram() throws Exception {
        ReferenceTool compiler = ReferenceTool.require("g++", "clang++");
        Path source = directory.resolve("shapes.cc");
        try (InputStream in = SymbolLookupIT.class.getResourceAsStream("/fixture/shapes.cc")) {
            Files.write(source, in.readAllBytes());
        }
        for (String optimization : List.of("-O0", "-O2")) {
            Path program = directory.resolve("shapes" + optimization);
            compiler.output("-g0", optimization, "-o", program.toString(), source.toString());
            agrees(program);
        }
    }

    private void agrees(Path path) throws Exception {
        // Without its build id, so that no debuginfo of the machine's answers in its place.
        Path file = directory.resolve("stripped-of-id");
        ReferenceTool.require("objcopy")
                .output("--remove-section=.note.gnu.build-id", path.toString(), file.toString());
        try (ElfFile elf = ElfFile.open(file)) {
            List<NamedAddress> expected = refereeNames(file, randomAddresses(elf));
            Comparison comparison = new Comparison(elf, aliases(file));
            expected.forEach(comparison::add);
            comparison.report(path);
        }
    }

    /** Our answers beside the referee's. */
    private static final class Comparison {
        private final SymbolTable table;
        private final List<Section> sections;
        private final Map<Long, Set<String>> aliases;
        private final List<String> differences = new ArrayList<>();
        private int same;
        private int otherAlias;
        private int explained;

        Comparison(ElfFile elf, Map<Long, Set<String>> aliases) throws IOException {
            this.table = SymbolTable.read(elf);
            this.sections = elf.sections();
            this.aliases = aliases;
        }

        void add(NamedAddress expected) {
            Symbol symbol = table.lookup(expected.address());
            String name = symbol == null ? "" : symbol.name();
            if (Demangler.demangle(name).equals(Demangler.demangle(expected.name()))) {
                same++;
            } else if (symbol != null
                    && aliases.getOrDefault(symbol.address(), Set.of()).contains(expected.name())) {
                otherAlias++;
            } else if (name.endsWith("@plt") || (symbol == null && !isInSectionOf(expected))) {
                // The referee knows no PLT, and lets a symbol without a size run into the next section.
                explained++;
            } else {
                differences.add("0x%x: %s, referee: %s".formatted(expected.address(), symbol, expected.name()));
            }
        }

        /** Whether the referee's symbol starts in the section that the address lies in. */
        private boolean isInSectionOf(NamedAddress expected) {
            Optional<Section> home = sections.stream()
                    .filter(section -> section.executable() && section.containsAddress(expected.address()))
                    .findFirst();
            return home.isPresent()
                    && aliases.entrySet().stream()
                            .filter(entry -> entry.getValue().contains(expected.name()))
                            .anyMatch(entry -> home.get().containsAddress(entry.getKey()));
        }

        void report(Path path) {
            int total = same + otherAlias + explained + differences.size();
            System.out.printf(
                    "%s: %d addresses, %d same, %d another alias, %d PLT or section end, %d different%n",
                    path.getFileName(), total, same, otherAlias, explained, differences.size());
            assertThat(total).isGreaterThan(100);
            assertThat(differences).hasSizeLessThanOrEqualTo(total / 1000);
        }
    }

    private static List<Long> randomAddresses(ElfFile elf) throws IOException {
        Random random = new Random(7);
        List<Long> addresses = new ArrayList<>();
        for (Section section : elf.sections()) {
            if (section.executable() && section.sizeBytes() > 0) {
                long count = Math.min(ADDRESSES, Math.max(20, section.sizeBytes() / 8));
                for (long i = 0; i < count; i++) {
                    addresses.add(section.address() + random.nextLong(section.sizeBytes()));
                }
            }
        }
        return addresses;
    }

    private List<NamedAddress> refereeNames(Path file, List<Long> addresses) throws Exception {
        List<String> lines = symbolizer.answers(
                addresses.stream()
                        .map(address -> "0x" + Long.toHexString(address))
                        .toList(),
                "--obj=" + file,
                "--no-demangle",
                "--no-inlines",
                "--functions=linkage",
                "--output-style=LLVM");
        List<NamedAddress> names = new ArrayList<>();
        boolean first = true;
        for (String line : lines) {
            if (first) {
                names.add(new NamedAddress(addresses.get(names.size()), line.equals("??") ? "" : withoutVersion(line)));
            }
            first = line.isEmpty();
        }
        assertThat(names).hasSameSizeAs(addresses);
        return names;
    }

    /** Every name that nm knows at an address. */
    private Map<Long, Set<String>> aliases(Path file) throws Exception {
        Map<Long, Set<String>> aliases = new HashMap<>();
        String both = nm.output("-D", file.toString()) + nm.output(file.toString());
        for (String line : both.lines().toList()) {
            String[] words = line.split(" ", -1);
            if (words.length == 3 && !words[0].isEmpty()) {
                aliases.computeIfAbsent(Long.parseUnsignedLong(words[0], 16), address -> new HashSet<>())
                        .add(withoutVersion(words[2]));
            }
        }
        return aliases;
    }

    private static String withoutVersion(String name) {
        int at = name.indexOf('@');
        return at > 0 ? name.substring(0, at) : name;
    }
}
