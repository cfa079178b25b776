package dev.sonde.symbolizer.symbols;

import static org.assertj.core.api.Assertions.assertThat;

import dev.sonde.symbolizer.elf.BuildIds;
import dev.sonde.symbolizer.elf.ElfFile;
import dev.sonde.symbolizer.elf.ElfReader;
import dev.sonde.symbolizer.elf.Section;
import dev.sonde.symbolizer.fixture.ReferenceTool;
import dev.sonde.symbolizer.fixture.SystemFiles;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Extracts of real files: what other tools make of them, and that our answers are the same as from the whole file. */
class DebuginfoIT {

    @TempDir
    Path directory;

    @Test
    void anExtractAnswersAsTheWholeFile() throws Exception {
        for (Path path : List.of(
                SystemFiles.jdk("lib/server/libjvm.so"),
                SystemFiles.jdk("bin/java"),
                SystemFiles.library("libc.so.6"),
                SystemFiles.library("libstdc++.so.6"))) {
            try (ElfFile file = ElfFile.open(path);
                    ElfFile extract = ElfFile.open(extract(path))) {
                assertThat(extract.loadSegments()).isEqualTo(file.loadSegments());
                assertThat(extract.gnuBuildId()).isEqualTo(file.gnuBuildId());
                assertSameSymbols(SymbolTable.read(extract), SymbolTable.read(file));
                System.out.printf(
                        "%s: %,d bytes, extract %,d; %.1f bytes in memory a symbol%n",
                        path.getFileName(),
                        file.sizeBytes(),
                        extract.sizeBytes(),
                        (double) SymbolTable.read(file).memoryBytes()
                                / SymbolTable.read(file).size());
            }
        }
    }

    /** Their names go by without being held, and choosing is left to the reader. */
    @Test
    void symbolsTooManyToBeChosenFrom() throws Exception {
        StringBuilder code = new StringBuilder(".text\n");
        for (int i = 0; i < 60_000; i++) {
            String name = (i % 3 == 0 ? "local_" : "global_") + "x".repeat(100) + i;
            code.append(i % 3 == 0 ? "" : ".globl " + name + "\n")
                    .append(".type " + name + ",@function\n" + name + ": ret\n.size " + name + ",1\n");
        }
        Path source = Files.writeString(directory.resolve("many.s"), code);
        Path library = directory.resolve("many.so");
        ReferenceTool.require("cc")
                .output("-shared", "-nostdlib", "-Wl,--build-id", "-o", library.toString(), source.toString());
        try (ElfFile file = ElfFile.open(library);
                ElfFile extract = ElfFile.open(extract(library))) {
            assertThat(extract.gnuBuildId()).isEqualTo(file.gnuBuildId());
            assertThat(SymbolTable.read(extract).size()).isEqualTo(60_000);
            assertSameSymbols(SymbolTable.read(extract), SymbolTable.read(file));
        }
        assertThat(ReferenceTool.require("readelf")
                        .complaints(
                                "-SlnsW", directory.resolve("extract-many.so").toString()))
                .isEmpty();
    }

    @Test
    void readelfAndNmReadAnExtract() throws Exception {
        ReferenceTool readelf = ReferenceTool.require("readelf");
        Path path = SystemFiles.jdk("lib/server/libjvm.so");
        Path extract = extract(path);
        assertThat(readelf.complaints("-SlnsW", extract.toString())).isEmpty();
        assertThat(readelf.output("-nW", extract.toString()))
                .contains(BuildIds.of(path).hex());
        String names = ReferenceTool.require("nm").output(extract.toString());
        assertThat(names.lines().count())
                .isEqualTo(SymbolTable.read(ElfFile.open(path)).size());
    }

    @Test
    void anExtractOfAnExtractIsTheSame() throws Exception {
        Path once = extract(SystemFiles.jdk("lib/libjli.so"));
        Path twice = directory.resolve("twice");
        try (ElfFile file = ElfFile.open(once)) {
            assertThat(DebuginfoExtractor.extract(file, twice)).isEqualTo(Files.size(twice));
        }
        assertThat(Files.mismatch(once, twice)).isEqualTo(-1);
    }

    @Test
    void gnuDebugdataAddsWhatDynsymLacks() throws Exception {
        ReferenceTool objcopy = ReferenceTool.require("objcopy");
        ReferenceTool xz = ReferenceTool.require("xz");
        Path whole = SystemFiles.jdk("lib/server/libjvm.so");
        Path inner = directory.resolve("inner");
        objcopy.output("--only-keep-debug", "--strip-debug", whole.toString(), inner.toString());
        xz.output("-0", inner.toString());
        Path stripped = directory.resolve("stripped");
        objcopy.output(
                "--strip-all",
                "--add-section",
                ".gnu_debugdata=" + inner + ".xz",
                whole.toString(),
                stripped.toString());
        try (ElfFile file = ElfFile.open(stripped);
                ElfFile extract = ElfFile.open(extract(stripped))) {
            SymbolTable expected = SymbolTable.read(ElfFile.open(whole));
            assertSameSymbols(SymbolTable.read(file), expected);
            assertSameSymbols(SymbolTable.read(extract), expected);
            // The inner file as it was, and the exported functions: nothing is unpacked into the extract.
            long packed = Files.size(directory.resolve("inner.xz"));
            assertThat(extract.sizeBytes()).isBetween(packed, packed + (1 << 20));
        }
    }

    @Test
    void compressedSectionsAreRead() throws Exception {
        ReferenceTool compiler = ReferenceTool.require("gcc", "clang");
        ReferenceTool objcopy = ReferenceTool.require("objcopy");
        Path source = Files.writeString(directory.resolve("one.c"), "int main(void) { return 0; }\n");
        Path compressed = directory.resolve("compressed");
        Path plain = directory.resolve("plain");
        compiler.output("-g", "-gz=zlib", "-o", compressed.toString(), source.toString());
        objcopy.output("--decompress-debug-sections", compressed.toString(), plain.toString());
        try (ElfFile file = ElfFile.open(compressed);
                ElfFile expected = ElfFile.open(plain)) {
            Section section = file.section(".debug_info").orElseThrow();
            assertThat(section.compressed()).isTrue();
            assertThat(bytes(file, ".debug_info")).isEqualTo(bytes(expected, ".debug_info"));
        }
    }

    private static byte[] bytes(ElfFile file, String name) throws IOException {
        ElfReader reader = file.reader(file.section(name).orElseThrow());
        byte[] bytes = new byte[(int) reader.sizeBytes()];
        reader.copy(0, bytes, 0, bytes.length);
        return bytes;
    }

    @Test
    void pltEntriesHaveTheNamesThatTheDisassemblerPrints() throws Exception {
        ReferenceTool objdump = ReferenceTool.require("objdump");
        for (Path path : List.of(SystemFiles.jdk("bin/java"), SystemFiles.jdk("lib/server/libjvm.so"))) {
            Map<Long, String> expected = new HashMap<>();
            String code = objdump.output("-d", "-j", ".plt", "-j", ".plt.got", "-j", ".plt.sec", path.toString());
            for (String line : code.lines().toList()) {
                if (line.endsWith("@plt>:")) {
                    String name = line.substring(line.indexOf('<') + 1, line.length() - 2);
                    expected.put(
                            Long.parseUnsignedLong(line.substring(0, 16), 16),
                            name.replaceFirst("@GLIBC.*@plt", "@plt"));
                }
            }
            assertThat(expected).isNotEmpty();
            try (ElfFile file = ElfFile.open(path)) {
                SymbolTable table = SymbolTable.read(file);
                expected.forEach((address, name) -> assertThat(table.lookup(address + 4))
                        .as("0x%x", address)
                        .isNotNull()
                        .extracting(Symbol::name)
                        .isEqualTo(name));
            }
        }
    }

    private Path extract(Path path) throws IOException {
        Path to = directory.resolve("extract-" + path.getFileName());
        try (ElfFile file = ElfFile.open(path)) {
            assertThat(DebuginfoExtractor.extract(file, to)).isEqualTo(Files.size(to));
        }
        return to;
    }

    private static void assertSameSymbols(SymbolTable actual, SymbolTable expected) {
        assertThat(actual.size()).isEqualTo(expected.size()).isPositive();
        for (int i = 0; i < expected.size(); i++) {
            if (!actual.symbol(i).equals(expected.symbol(i))) {
                assertThat(actual.symbol(i)).isEqualTo(expected.symbol(i));
            }
        }
    }
}
