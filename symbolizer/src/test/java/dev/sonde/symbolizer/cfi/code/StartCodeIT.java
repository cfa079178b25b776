package dev.sonde.symbolizer.cfi.code;

import static org.assertj.core.api.Assertions.assertThat;

import dev.sonde.symbolizer.cfi.UnwindTable;
import dev.sonde.symbolizer.elf.ElfFile;
import dev.sonde.symbolizer.elf.Section;
import dev.sonde.symbolizer.fixture.ReferenceTool;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class StartCodeIT {

    private final ReferenceTool cc = ReferenceTool.require("cc");

    @TempDir
    private Path folder;

    @Test
    void rulesFollowWhatTheDisassemblerShows() throws Exception {
        ReferenceTool objdump = ReferenceTool.require("objdump");
        Path source = Files.writeString(folder.resolve("library.c"), "int answer(void) { return 42; }\n");
        Path library = folder.resolve("library.so");
        cc.output("-shared", "-fPIC", "-O2", "-o", library.toString(), source.toString());
        try (ElfFile file = ElfFile.open(library);
                UnwindTable table = UnwindTable.read(file)) {
            for (String name : List.of(".init", ".fini")) {
                Section section = file.section(name).orElseThrow();
                int depth = 8;
                for (String line : objdump.output("-d", "--no-show-raw-insn", "-j", name, library.toString())
                        .lines()
                        .filter(line -> line.matches(" +[0-9a-f]+:\t.*"))
                        .toList()) {
                    long pc = Long.parseUnsignedLong(line.strip().split(":", 2)[0], 16);
                    assertThat(table.ruleAt(pc).cfaText()).as(line).isEqualTo("rsp+" + depth);
                    assertThat(table.ruleAt(pc).returnAddressText()).as(line).isEqualTo("c-8");
                    depth += line.contains("sub ") ? 8 : line.contains("add ") ? -8 : 0;
                }
                assertThat(depth).isEqualTo(8);
                assertThat(table.ruleAt(section.address() + section.sizeBytes() - 1)
                                .cfaText())
                        .isEqualTo("rsp+8");
            }
        }
    }
}
