package dev.sonde.bench.snapshot;

import dev.sonde.agent.unwind.host.HostCode;
import dev.sonde.agent.unwind.host.HostMapping;
import dev.sonde.agent.unwind.host.HostMemory;
import dev.sonde.agent.unwind.host.HostStack;
import dev.sonde.agent.unwind.host.HostTable;
import dev.sonde.agent.unwind.host.HostUnwinder;
import java.io.IOException;
import java.io.InputStream;
import java.lang.foreign.MemorySegment;
import java.util.ArrayList;
import java.util.List;
import java.util.zip.GZIPInputStream;

/**
 * One stack, and all that the unwinder needs for it.
 *
 * @param registers {@link HostUnwinder#REGISTERS_BYTES}, native memory
 * @param stackTop the stack pointer with which the program was started
 * @param mappings ascending, their tables numbered as {@code tables} are
 * @param memory pieces of the stack, none overlapping another
 * @param addresses the true stack, leaf first; it ends where the program does
 */
@SuppressWarnings("ArrayRecordComponent") // one stack, handed on at once
public record StackSnapshot(
        MemorySegment registers,
        long stackTop,
        List<HostMapping> mappings,
        List<SnapshotTable> tables,
        List<HostMemory> memory,
        long[] addresses) {

    /** The stacks that are kept among the resources. */
    public static final List<String> KEPT = List.of(
            "lazy-binding", "callback", "library", "exception", "signal", "signal-stack", "python", "static-pie");

    /** One of {@link #KEPT}. */
    public static StackSnapshot kept(String name) throws IOException {
        return SnapshotFormat.read(keptBytes(name));
    }

    /** The same as {@link SnapshotFormat} has it. */
    public static byte[] keptBytes(String name) throws IOException {
        try (InputStream in = StackSnapshot.class.getResourceAsStream("/dev/sonde/bench/snapshot/" + file(name))) {
            if (in == null) {
                throw new IOException("snapshot " + name + ": missing (expected: among the resources)");
            }
            return new GZIPInputStream(in).readAllBytes();
        }
    }

    static String file(String name) {
        return name + ".snapshot.gz";
    }

    /** Unwinds it once more. */
    public HostStack unwind(HostUnwinder unwinder) throws IOException {
        List<HostTable> copies = new ArrayList<>();
        for (SnapshotTable table : tables) {
            copies.add(new HostTable(table.image()));
        }
        return unwinder.unwind(registers, memory, new HostCode(mappings, copies, stackTop));
    }
}
