package dev.sonde.bench.steps;

import static java.lang.foreign.ValueLayout.JAVA_BYTE;
import static java.lang.foreign.ValueLayout.JAVA_INT_UNALIGNED;
import static java.lang.foreign.ValueLayout.JAVA_LONG;
import static java.lang.foreign.ValueLayout.JAVA_LONG_UNALIGNED;

import dev.sonde.agent.unwind.host.HostMemory;
import dev.sonde.agent.unwind.host.HostUnwinder;
import java.io.BufferedInputStream;
import java.io.EOFException;
import java.io.IOException;
import java.io.InputStream;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/** Runs programs under the tracer (tracer.c among the resources) and reads what it tells. One thread at a time. */
final class Tracer {

    /** struct record. */
    private static final int REGISTERS = 40;

    private static final int RECORD_BYTES = REGISTERS + HostUnwinder.REGISTERS_BYTES;

    private static final int REGISTER_COUNT = HostUnwinder.REGISTERS_BYTES / Long.BYTES;

    private static final int RECORD_STEP = 1;
    private static final int RECORD_MAPS = 2;

    /** MAX_STACK_BYTES, MAX_MAPS_BYTES and MAX_CALLS of the tracer, rounded up. */
    private static final int MAX_BYTES = 1 << 20;

    private static final int MAX_CALLERS = 4096;

    private final Path program;
    private final byte[] header = new byte[RECORD_BYTES];
    private final byte[] content = new byte[MAX_BYTES];
    private final Arena arena = Arena.ofAuto();
    private final MemorySegment registers = arena.allocate(HostUnwinder.REGISTERS_BYTES, Long.BYTES);
    private final MemorySegment inner = arena.allocate(MAX_BYTES, Long.BYTES);
    private final MemorySegment outer = arena.allocate(MAX_BYTES, Long.BYTES);

    /** @param program the compiled tracer */
    Tracer(Path program) {
        this.program = program;
    }

    /** Runs a program as far as the plan says, and hands over what was seen. */
    void run(SteppedProgram stepped, StepPlan plan, StepVisitor visitor) throws IOException, InterruptedException {
        List<String> command = new ArrayList<>(List.of(
                program.toString(),
                plan.fromEntry() ? "entry" : "exec",
                Long.toString(plan.skip()),
                Long.toString(plan.window()),
                Long.toString(plan.pause()),
                Long.toString(plan.steps()),
                Long.toString(plan.signals())));
        command.addAll(stepped.command());
        Process process = new ProcessBuilder(command)
                .redirectError(ProcessBuilder.Redirect.INHERIT)
                .start();
        try (InputStream in = new BufferedInputStream(process.getInputStream(), 1 << 16)) {
            while (readRecord(in, visitor)) {
                // Until the end.
            }
            if (process.waitFor() != 0) {
                throw new IOException("tracer: exit code " + process.exitValue() + " (expected: 0) for " + command);
            }
        } finally {
            process.destroyForcibly();
        }
    }

    private boolean readRecord(InputStream in, StepVisitor visitor) throws IOException {
        int read = in.readNBytes(header, 0, header.length);
        if (read == 0) {
            return false;
        }
        if (read < header.length) {
            throw new EOFException("tracer: " + read + " bytes (expected: " + header.length + ")");
        }
        MemorySegment record = MemorySegment.ofArray(header);
        int kind = record.get(JAVA_INT_UNALIGNED, 0);
        int callers = bounded(record.get(JAVA_INT_UNALIGNED, 4), MAX_CALLERS);
        int bytes = bounded(record.get(JAVA_LONG_UNALIGNED, 8), MAX_BYTES);
        int outerBytes = bounded(record.get(JAVA_LONG_UNALIGNED, 24), MAX_BYTES);
        if (kind == RECORD_MAPS) {
            fill(in, bytes);
            visitor.maps(new String(content, 0, bytes, StandardCharsets.UTF_8), record.get(JAVA_LONG_UNALIGNED, 16));
            return true;
        }
        fill(in, callers * Long.BYTES);
        long[] shadow = new long[callers];
        MemorySegment.copy(MemorySegment.ofArray(content), JAVA_LONG_UNALIGNED, 0, shadow, 0, callers);
        if (kind != RECORD_STEP) {
            visitor.landing(record.get(JAVA_LONG_UNALIGNED, 16), shadow);
            return true;
        }
        MemorySegment.copy(record, JAVA_LONG_UNALIGNED, REGISTERS, registers, JAVA_LONG, 0, REGISTER_COUNT);
        List<HostMemory> stacks = List.of(
                stack(in, record.get(JAVA_LONG_UNALIGNED, 16), bytes, inner),
                stack(in, record.get(JAVA_LONG_UNALIGNED, 32), outerBytes, outer));
        visitor.step(registers, stacks, shadow);
        return true;
    }

    private HostMemory stack(InputStream in, long start, int bytes, MemorySegment into) throws IOException {
        fill(in, bytes);
        MemorySegment.copy(content, 0, into, JAVA_BYTE, 0, bytes);
        return new HostMemory(start, into.asSlice(0, bytes));
    }

    private void fill(InputStream in, int bytes) throws IOException {
        if (in.readNBytes(content, 0, bytes) < bytes) {
            throw new EOFException("tracer: ended in a record");
        }
    }

    private static int bounded(long value, int limit) throws IOException {
        if (value < 0 || value > limit) {
            throw new IOException("tracer: " + value + " (expected: 0 to " + limit + ")");
        }
        return (int) value;
    }
}
