package dev.sonde.agent.kallsyms;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.TreeMap;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The kernel that runs, against a plain reading of the same file. */
@Tag("kernel")
class KallsymsIT {
    @TempDir
    private Path folder;

    @Test
    void everyFunctionIsFound() throws IOException {
        String missing = KernelNames.missing();
        if (!missing.isEmpty()) {
            System.err.println("SKIPPED " + getClass().getSimpleName() + ": " + missing);
        }
        assumeTrue(missing.isEmpty(), missing);
        // Once: modules and BPF programs come and go.
        Path file = Files.copy(KallsymsReader.FILE, folder.resolve("kallsyms"));
        TreeMap<Long, String> plain = new TreeMap<>();
        for (String line : Files.readAllLines(file)) {
            String[] words = line.split("[ \t]", -1);
            if ("TtWw".contains(words[1]) && words[0].startsWith("ffffffff") && !words[2].startsWith("__pfx_")) {
                plain.merge(Long.parseUnsignedLong(words[0], 16), "|" + words[2] + "|", String::concat);
            }
        }
        SymbolTable table = KallsymsReader.read(file);
        assertThat(table.size()).isEqualTo(plain.size());
        plain.forEach((address, names) -> {
            int symbol = table.find(address);
            if (symbol == SymbolTable.NONE) {
                assertThat(names).containsAnyOf("|_etext|", "|_einittext|");
            } else {
                assertThat(table.address(symbol)).isEqualTo(address);
                assertThat(names).contains("|" + table.name(symbol) + "|");
            }
        });
        assertThat(table.bytes()).as("memory of %d functions", table.size()).isLessThan(20L * table.size());
    }
}
