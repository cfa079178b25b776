package dev.sonde.symbolizer.cfi;

import static org.assertj.core.api.Assertions.assertThat;

import dev.sonde.symbolizer.cfi.code.SignalTrampoline;
import dev.sonde.symbolizer.elf.ElfFile;
import dev.sonde.symbolizer.elf.Section;
import dev.sonde.symbolizer.fixture.Fuzz;
import dev.sonde.symbolizer.fixture.ReferenceTool;
import java.io.IOException;
import java.lang.foreign.MemorySegment;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Rows of Go programs, made of pclntab, against what readelf reads in the .debug_frame of the same program. */
class GoRowsIT {

    private static final String PROGRAM = """
            package main

            import "fmt"

            func fib(n int) int {
            	if n < 2 {
            		return n
            	}
            	return fib(n-1) + fib(n-2)
            }

            func main() { fmt.Println(fib(20)) }
            """;

    private final Path readelf = ReferenceTool.require("readelf").file();
    private final ReferenceTool go = ReferenceTool.require("go");

    @TempDir
    private Path folder;

    @Test
    void framesAgreeWithDebugFrame() throws Exception {
        for (String mode : List.of("exe", "pie")) {
            Path program = build("-buildmode=" + mode);
            ReadelfRows expected = ReadelfRows.of(readelf, program, ".debug_frame");
            assertThat(expected.fdes()).isGreaterThan(1000);
            List<String> differences = new ArrayList<>();
            try (ElfFile file = ElfFile.open(program);
                    UnwindTable table = UnwindTable.read(file)) {
                for (ReadelfRows.Row row : expected.rows()) {
                    UnwindRule rule = table.ruleAt(row.start());
                    // .debug_frame knows nothing of the top of a stack, nor where rbp is.
                    boolean popped =
                            rule.equals(UnwindRule.UNSUPPORTED) && row.cfa().equals("rsp+0");
                    // .debug_frame takes what signals return to for a function.
                    if (!popped
                            && !rule.signalFrame()
                            && (!isSame(rule, row.cfa())
                                    || !(rule.endOfStack()
                                            || rule.returnAddressText().equals("c-8")))) {
                        differences.add(Long.toHexString(row.start()) + ": " + rule.cfaText() + " " + row.cfa());
                    }
                }
                // syscall.rawVforkSyscall pops its return address.
                assertThat(TableText.problems(table)).containsExactly("INEXPRESSIBLE_RETURN_ADDRESS 1");
                assertThat(table.ruleAt(table.problems().entries().getFirst().firstPc()))
                        .isEqualTo(UnwindRule.UNSUPPORTED);
            }
            assertThat(differences).as(mode).isEmpty();
        }
    }

    /** .debug_frame goes by rsp in functions that leave it for another stack. */
    private static boolean isSame(UnwindRule rule, String cfa) {
        boolean crosses =
                rule.cfaKind() == CfaKind.STACK_SWITCH && rule.cfaText().equals("rbp+16");
        return crosses ? cfa.startsWith("rsp+") : rule.cfaText().equals(cfa);
    }

    @Test
    void aStrippedProgramHasTheSameRows() throws Exception {
        List<String> whole = rows(build("-buildmode=exe"));
        List<String> stripped = rows(build("-ldflags=-s -w"));
        assertThat(whole).hasSizeGreaterThan(5000);
        assertThat(stripped).isEqualTo(whole);
    }

    @Test
    void signalsReturnToTheInterruptedCode() throws Exception {
        Path program = build("-buildmode=exe");
        try (ElfFile file = ElfFile.open(program);
                UnwindTable table = UnwindTable.read(file)) {
            long pc = address(program, "runtime.sigreturn__sigaction");
            assertThat(table.ruleAt(pc - 1)).isEqualTo(SignalTrampoline.RULE);
            assertThat(table.ruleAt(pc + 7)).isEqualTo(SignalTrampoline.RULE);
            assertThat(table.ruleAt(pc - 2).signalFrame()).isFalse();
            assertThat(table.ruleAt(pc + 32).signalFrame()).isFalse();
            int[] signalRows = {0};
            table.forEachRow(
                    (at, rule) -> signalRows[0] += table.rules().get(rule).signalFrame() ? 1 : 0);
            assertThat(signalRows[0]).isEqualTo(1);
        }
    }

    @Test
    void stacksEndWhereTheRuntimeStartsThem() throws Exception {
        Path program = build("-buildmode=exe");
        try (ElfFile file = ElfFile.open(program);
                UnwindTable table = UnwindTable.read(file)) {
            for (String name : List.of("runtime.goexit", "runtime.mstart", "runtime.rt0_go")) {
                assertThat(table.ruleAt(address(program, name)).endOfStack())
                        .as(name)
                        .isTrue();
            }
            assertThat(table.ruleAt(address(program, "main.fib")).endOfStack()).isFalse();
            assertThat(table.ruleAt(address(program, "runtime.nanotime1") + 8).cfaText())
                    .isEqualTo("rbp+16");
            String[] switches = {"systemstack", "asmcgocall", "mcall", "morestack"};
            for (int i = 0; i < switches.length; i++) {
                long start = address(program, "runtime." + switches[i]);
                boolean crossed = i < 2;
                UnwindRule rule = table.ruleAt(crossed ? start + 4 : start);
                assertThat(rule.cfaKind()).as(switches[i]).isEqualTo(CfaKind.STACK_SWITCH);
                assertThat(rule.cfaAddend()).as(switches[i]).isEqualTo(i + 1);
                if (crossed) {
                    assertThat(table.ruleAt(start).cfaText()).isEqualTo("rsp+8");
                    assertThat(table.ruleAt(start + 1).cfaText()).isEqualTo("rsp+16");
                    assertThat(rule.cfaText()).isEqualTo("rbp+16");
                    assertThat(rule.rbpText() + " " + rule.returnAddressText()).isEqualTo("c-16 c-8");
                }
            }
        }
    }

    /** As the fuzzer found: its row of the other stack would stand behind the first one of the next function. */
    @Test
    void aFunctionMayEndBeforeItsFramePointerIsSet() throws Exception {
        Path program = build("-buildmode=exe");
        byte[] bytes = Files.readAllBytes(program);
        ByteBuffer all = ByteBuffer.wrap(bytes).order(ByteOrder.LITTLE_ENDIAN);
        long start = address(program, "runtime.systemstack");
        int offset = (int) (start - address(program, "runtime.text"));
        Section section = section(bytes);
        int entry = (int) section.offset();
        while (all.getInt(entry) != offset || all.getInt(entry + 8) <= offset || all.getInt(entry - 8) >= offset) {
            entry += Integer.BYTES;
        }
        all.putInt(entry + 8, offset + 2);
        try (ElfFile file = ElfFile.of(MemorySegment.ofArray(bytes));
                UnwindTable table = UnwindTable.read(file)) {
            List<Long> places = new ArrayList<>();
            table.forEachRow((pc, rule) -> places.add(pc));
            assertThat(places).isSorted().doesNotHaveDuplicates();
            assertThat(table.ruleAt(start + 1).cfaText()).isEqualTo("rsp+16");
            assertThat(places).contains(start + 2);
        }
    }

    /** {@code -Dsonde.fuzz.rounds=100000} makes the long form. */
    @Test
    @Tag("fuzz")
    void damagedTablesAreAnAnswerOrAnException() throws Exception {
        byte[] program = Files.readAllBytes(build("-ldflags=-s -w"));
        Section section = section(program);
        int at = (int) section.offset();
        int size = (int) section.sizeBytes();
        byte[] table = Arrays.copyOfRange(program, at, at + size);
        for (int i = 0; i < Fuzz.rounds(200); i++) {
            byte[] damaged = Fuzz.damaged(table, new Random(i));
            System.arraycopy(damaged, 0, program, at, damaged.length);
            try {
                DamagedFramesTest.survives(program);
            } catch (RuntimeException | AssertionError e) {
                throw new AssertionError("round " + i, e);
            }
            System.arraycopy(table, 0, program, at, size);
        }
    }

    private static Section section(byte[] program) throws IOException {
        try (ElfFile file = ElfFile.of(MemorySegment.ofArray(program))) {
            return file.section(".gopclntab").orElseThrow();
        }
    }

    /** Of an assembly function, not of the wrapper that Go code calls. */
    private static long address(Path program, String name) throws Exception {
        List<String> symbols =
                ReferenceTool.require("nm").output(program.toString()).lines().toList();
        for (String wanted : List.of(" " + name + ".abi0", " " + name)) {
            for (String symbol : symbols) {
                if (symbol.endsWith(wanted)) {
                    return Long.parseLong(symbol.substring(0, 16), 16);
                }
            }
        }
        throw new AssertionError(name + ": not among " + symbols.size() + " symbols");
    }

    private static List<String> rows(Path program) throws IOException {
        try (ElfFile file = ElfFile.open(program);
                UnwindTable table = UnwindTable.read(file)) {
            return TableText.rows(table);
        }
    }

    private Path build(String option) throws Exception {
        Path source = Files.writeString(folder.resolve("main.go"), PROGRAM);
        Path program = folder.resolve("program" + option.hashCode());
        if (!Files.exists(program)) {
            go.output("build", option, "-o", program.toString(), source.toString());
        }
        return program;
    }
}
