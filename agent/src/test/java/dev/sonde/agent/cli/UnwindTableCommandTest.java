package dev.sonde.agent.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import picocli.CommandLine;

class UnwindTableCommandTest {

    private static final String JAVA =
            Path.of(System.getProperty("java.home"), "bin", "java").toString();

    private final StringWriter out = new StringWriter();
    private final StringWriter err = new StringWriter();

    @Test
    void printsARowAnAddress() {
        assertThat(run("unwind-table", JAVA)).isZero();
        List<String> lines = out.toString().lines().toList();
        assertThat(lines.getFirst()).startsWith("   LOC           CFA");
        // Every call pushes its return address, so every function starts like this.
        assertThat(lines).anyMatch(line -> line.matches("[0-9a-f]{16} rsp\\+8       u        c-8"));
        assertThat(err.toString()).contains("rows", "rules", "KiB");
    }

    @Test
    void printsTheRowOfOneAddress() {
        assertThat(run("unwind-table", JAVA)).isZero();
        String row = out.toString()
                .lines()
                .filter(line -> line.contains("rsp+16"))
                .findFirst()
                .orElseThrow();
        String address = row.substring(0, 16);
        out.getBuffer().setLength(0);
        assertThat(run("unwind-table", JAVA, "--pc", "0x" + address)).isZero();
        assertThat(out.toString().lines().skip(1)).containsExactly(row);
    }

    @Test
    void whatIsWrongIsSaid(@TempDir Path folder) throws Exception {
        Path text = Files.writeString(folder.resolve("text"), "no ELF file at all");
        assertThat(run("unwind-table", text.toString())).isEqualTo(Main.FAILED);
        assertThat(run("unwind-table", folder.resolve("gone").toString())).isEqualTo(Main.FAILED);
        assertThat(run("unwind-table", JAVA, "--pc", "main")).isEqualTo(CommandLine.ExitCode.USAGE);
        assertThat(err.toString())
                .contains(text + ": ", folder.resolve("gone") + ": no such file", "'main' (expected: a hexadecimal");
    }

    private int run(String... arguments) {
        return Main.commandLine()
                .setOut(new PrintWriter(out, true))
                .setErr(new PrintWriter(err, true))
                .execute(arguments);
    }
}
