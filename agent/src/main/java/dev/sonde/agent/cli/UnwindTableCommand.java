package dev.sonde.agent.cli;

import dev.sonde.symbolizer.cfi.FrameProblems;
import dev.sonde.symbolizer.cfi.TableLayout;
import dev.sonde.symbolizer.cfi.UnwindRule;
import dev.sonde.symbolizer.cfi.UnwindTable;
import dev.sonde.symbolizer.elf.ElfFile;
import java.io.IOException;
import java.io.PrintWriter;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.concurrent.Callable;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** {@code sonde unwind-table}: what is known about the callers of a file's instructions. Needs no rights. */
@Command(
        name = "unwind-table",
        mixinStandardHelpOptions = true,
        description = "Prints a file's unwind rows as readelf -wF does: address, CFA, rbp, return address.")
final class UnwindTableCommand implements Callable<Integer> {

    @Spec
    private CommandSpec spec;

    @Parameters(arity = "1", paramLabel = "FILE", description = "an ELF file")
    private Path file;

    @Option(
            names = "--pc",
            paramLabel = "ADDR",
            converter = AddressConverter.class,
            description = "only the row of this ELF virtual address (hexadecimal)")
    private Long pc;

    /** Hexadecimal with or without 0x, as tools print addresses. */
    static final class AddressConverter implements CommandLine.ITypeConverter<Long> {
        @Override
        public Long convert(String text) {
            try {
                return Long.parseUnsignedLong(text.startsWith("0x") ? text.substring(2) : text, 16);
            } catch (NumberFormatException e) {
                throw new CommandLine.TypeConversionException(
                        "'" + text + "' (expected: a hexadecimal address such as 0x2a1f0)");
            }
        }
    }

    @Override
    public Integer call() throws IOException {
        try (ElfFile elf = ElfFile.open(file);
                UnwindTable table = UnwindTable.read(elf)) {
            PrintWriter out = spec.commandLine().getOut();
            out.println("   LOC           CFA         rbp      ra");
            if (pc == null) {
                table.forEachRow((start, rule) -> print(start, table.rules().get(rule), out));
                summarize(table, spec.commandLine().getErr());
            } else {
                print(table.rowStart(pc), table.ruleAt(pc), out);
            }
            out.flush();
            return CommandLine.ExitCode.OK;
        } catch (NoSuchFileException e) {
            throw new IOException(file + ": no such file", e);
        } catch (IOException e) {
            throw new IOException(file + ": " + e.getMessage(), e);
        }
    }

    private static void print(long start, UnwindRule rule, PrintWriter out) {
        String notes = rule.expressionText();
        notes += rule.signalFrame() ? " signal frame" : "";
        notes += rule.endOfStack() ? " end of stack" : "";
        String row = "%016x %-11s %-8s %-8s %s"
                .formatted(start, rule.cfaText(), rule.rbpText(), rule.returnAddressText(), notes.strip());
        out.println(row.stripTrailing());
    }

    private static void summarize(UnwindTable table, PrintWriter err) {
        TableLayout layout = table.layout();
        err.printf(
                "%d rows, %d rules, %d KiB in pages of %d bytes%n",
                layout.rows(), layout.rules(), layout.blockBytes() / 1024, 1 << layout.pageShift());
        for (FrameProblems.Entry entry : table.problems().entries()) {
            err.printf("%s: %d, the first at 0x%x%n", entry.problem(), entry.count(), entry.firstPc());
        }
    }
}
