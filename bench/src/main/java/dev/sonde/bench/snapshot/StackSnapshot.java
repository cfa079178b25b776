package dev.sonde.bench.snapshot;

import dev.sonde.agent.kernel.code.JvmImage;
import dev.sonde.agent.kernel.code.UnwindTableImage;
import dev.sonde.agent.unwind.host.HostCode;
import dev.sonde.agent.unwind.host.HostJvm;
import dev.sonde.agent.unwind.host.HostMapping;
import dev.sonde.agent.unwind.host.HostMemory;
import dev.sonde.agent.unwind.host.HostStack;
import dev.sonde.agent.unwind.host.HostTable;
import dev.sonde.agent.unwind.host.HostUnwinder;
import java.io.IOException;
import java.io.InputStream;
import java.lang.foreign.MemorySegment;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.ArrayList;
import java.util.Arrays;
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
 * @param jvm of a JVM's stack a {@code struct sonde_jvm_process}, which names the last of the tables as the JVM's; else
 *     empty
 */
@SuppressWarnings("ArrayRecordComponent") // one stack, handed on at once
public record StackSnapshot(
        MemorySegment registers,
        long stackTop,
        List<HostMapping> mappings,
        List<SnapshotTable> tables,
        List<HostMemory> memory,
        long[] addresses,
        byte[] jvm) {

    private static final int CODE_LOW = 16;
    private static final int CODE_END = 24;
    private static final int RETURN_BARRIER = 32;

    /** The stacks that are kept among the resources. */
    public static final List<String> KEPT = List.of(
            "lazy-binding", "callback", "library", "exception", "signal", "signal-stack", "python", "static-pie");

    /** Those of JVMs. */
    public static final List<String> KEPT_OF_JVMS = List.of("java-mixed", "java-interpreter", "java-virtual");

    /** One of {@link #KEPT} or {@link #KEPT_OF_JVMS}. */
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
        List<SnapshotTable> files = jvm.length == 0 ? tables : tables.subList(0, tables.size() - 1);
        for (SnapshotTable table : files) {
            copies.add(new HostTable(table.image()));
        }
        HostJvm known =
                jvm.length == 0 ? null : new HostJvm(image(tables.getLast().image()));
        return unwinder.unwind(registers, memory, new HostCode(mappings, copies, stackTop, known));
    }

    private JvmImage image(UnwindTableImage whole) throws IOException {
        int last = whole.blockCount() - 1;
        byte[] description = new byte[UnwindTableImage.BLOCK_BYTES];
        whole.blocks().read(last, description);
        ByteBuffer process = ByteBuffer.wrap(jvm).order(ByteOrder.LITTLE_ENDIAN);
        return new JvmImage(
                new UnwindTableImage(
                        whole.blocks(),
                        last,
                        whole.indexBlock(),
                        whole.ruleBlock(),
                        whole.pages(),
                        whole.pageBits(),
                        List.of()),
                Arrays.copyOf(description, JvmImage.DESCRIPTION_BYTES),
                process.getLong(CODE_LOW),
                process.getLong(CODE_END),
                process.getLong(RETURN_BARRIER));
    }
}
