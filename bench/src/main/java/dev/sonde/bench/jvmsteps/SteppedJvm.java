package dev.sonde.bench.jvmsteps;

import dev.sonde.agent.jvm.code.BlobKind;
import dev.sonde.agent.jvm.code.BlobList;
import dev.sonde.agent.jvm.code.CodeBlob;
import dev.sonde.agent.jvm.image.JvmImages;
import dev.sonde.agent.jvm.layout.LibJvm;
import dev.sonde.agent.jvm.layout.VmLayout;
import dev.sonde.agent.jvm.memory.ProcessMemory;
import dev.sonde.agent.kernel.code.JvmImage;
import dev.sonde.agent.kernel.ffi.FfmLibc;
import dev.sonde.agent.unwind.host.HostCode;
import dev.sonde.agent.unwind.host.HostJvm;
import dev.sonde.agent.unwind.host.HostMemory;
import dev.sonde.agent.unwind.host.HostStack;
import dev.sonde.bench.harness.MappedJvm;
import dev.sonde.bench.snapshot.SnapshotTable;
import dev.sonde.bench.snapshot.StackSnapshot;
import dev.sonde.bench.steps.SteppedCode;
import dev.sonde.bench.steps.SteppedFile;
import java.io.IOException;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.EnumSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;

/** A JVM whose threads are stepped, and what is known of it. */
final class SteppedJvm implements AutoCloseable, ShadowCalls.LandingCheck {

    private static final Path PROC = Path.of("/proc");

    /** rbp and the return address (gen_continuation_yield, sharedRuntime_x86_64.cpp). */
    private static final int YIELD_FRAME_WORDS = 2;

    /** startstack, counted behind the command's name (proc_pid_stat(5)). */
    private static final int START_STACK = 25;

    /** sonde_jvm.table_base (unwind/hotspot_format.h). */
    private static final int TABLE_BASE = 16;

    /** Code that calls go through, by jumps. */
    private static final Set<BlobKind> WAYS_IN = EnumSet.of(BlobKind.ADAPTER, BlobKind.VTABLE, BlobKind.METHOD_HANDLES);

    private final int pid;
    private final Map<String, SteppedFile> files;
    private final ProcessMemory memory;
    private final BlobList blobs;
    private final JvmImages images;
    private JvmImage image;
    private List<CodeBlob> code = List.of();
    private SteppedCode mapped;
    private HostCode host;
    private long startStack;

    /** @param files those read before, by their path; grows */
    SteppedJvm(int pid, Map<String, SteppedFile> files) throws IOException {
        this.pid = pid;
        this.files = files;
        memory = ProcessMemory.of(new FfmLibc(), pid);
        LibJvm libjvm = MappedJvm.of(pid);
        VmLayout layout = VmLayout.read(libjvm, memory);
        blobs = new BlobList(layout, memory);
        images = new JvmImages(libjvm, layout, memory);
    }

    private Path proc(String name) {
        return PROC.resolve(Integer.toString(pid)).resolve(name);
    }

    /** Reads anew what it has mapped and what code it has; it may be stopped. */
    void read() throws IOException {
        images.next().ifPresent(found -> image = found);
        code = blobs.read();
        String stat = Files.readString(proc("stat"), StandardCharsets.ISO_8859_1);
        String[] fields = stat.substring(stat.lastIndexOf(')') + 2).split(" ", -1);
        String maps = Files.readString(proc("maps"), StandardCharsets.ISO_8859_1);
        startStack = Long.parseLong(fields[START_STACK]);
        mapped = new SteppedCode(maps, startStack, files);
        host = mapped.code(new HostJvm(image));
    }

    int pid() {
        return pid;
    }

    HostCode host() {
        return host;
    }

    /** The 8 bytes at an address, where they can be read. */
    Optional<Long> word(long address) throws IOException {
        byte[] read = new byte[Long.BYTES];
        return memory.readUpTo(address, read, 0, read.length) == read.length
                ? Optional.of(
                        ByteBuffer.wrap(read).order(ByteOrder.LITTLE_ENDIAN).getLong())
                : Optional.empty();
    }

    /** A stack as it can be unwound without the process. */
    StackSnapshot snapshot(MemorySegment registers, HostStack stack, List<HostMemory> pieces) throws IOException {
        SteppedCode.Piece piece = mapped.piece(
                stack.addresses(), pieces.stream().map(HostMemory::start).toList());
        long base = ByteBuffer.wrap(image.description())
                .order(ByteOrder.LITTLE_ENDIAN)
                .getLong(TABLE_BASE);
        List<Long> places = new ArrayList<>();
        for (long address : stack.addresses()) {
            if (isJava(address)) {
                // A return address belongs to the instruction before it.
                places.add(address - base);
                places.add(address - base - 1);
            }
        }
        List<SnapshotTable> tables = new ArrayList<>(piece.tables());
        tables.add(SnapshotTable.ofJvm(image.blocks(), places));
        MemorySegment process = Arena.ofAuto().allocate(JvmImage.PROCESS_BYTES, Long.BYTES);
        image.describe(process, piece.tables().size(), 0, 0);
        return new StackSnapshot(
                registers,
                startStack,
                piece.mappings(),
                tables,
                pieces,
                stack.addresses(),
                process.toArray(ValueLayout.JAVA_BYTE));
    }

    long returnBarrier() {
        return image.returnBarrier();
    }

    boolean isJava(long address) {
        return address >= image.codeLow() && address < image.codeEnd();
    }

    boolean isBarrier(long address) {
        return address != 0 && address == image.returnBarrier();
    }

    boolean isInterpreter(long address) {
        CodeBlob blob = blobAt(address);
        return blob != null && blob.name().equals("Interpreter");
    }

    /** Whether code is that of Continuation.doYield: the only native method's without a wrapper's frame. */
    boolean isYield(long address) {
        CodeBlob blob = blobAt(address);
        return blob != null && blob.kind() == BlobKind.NATIVE_NMETHOD && blob.frameSizeWords() == YIELD_FRAME_WORDS;
    }

    private boolean isStub(long address) {
        CodeBlob blob = blobAt(address);
        return blob != null && blob.nmethod() == null && !blob.name().equals("Interpreter");
    }

    @Override
    public boolean isLanding(long from, long to) {
        CodeBlob blob = blobAt(to);
        boolean called = blob != null && (blob.nmethod() != null || blob.name().equals("Interpreter"));
        return called && isStub(from) && !WAYS_IN.contains(blobAt(from).kind());
    }

    @Override
    public boolean replacesFrames(long address) {
        CodeBlob blob = blobAt(address);
        return blob != null && (blob.kind() == BlobKind.DEOPTIMIZATION || blob.kind() == BlobKind.UNCOMMON_TRAP);
    }

    @Override
    public boolean movesFrames(long address) {
        CodeBlob blob = blobAt(address);
        return blob != null && (blob.name().contains("continuation") || isYield(address));
    }

    @Override
    public boolean isCaller(StepClaim claim, long to) {
        return Objects.equals(blobAt(claim.caller()), blobAt(to));
    }

    @Override
    public boolean isMadeInStub(StepClaim claim) {
        return isStub(claim.pc());
    }

    private CodeBlob blobAt(long address) {
        if (!isJava(address)) {
            return null;
        }
        for (CodeBlob blob : code) {
            if (blob.containsCode(address)) {
                return blob;
            }
        }
        return null;
    }

    /** What code an address is in, in words. */
    String place(long address) {
        CodeBlob blob = blobAt(address);
        if (blob == null) {
            return mapped.place(address);
        }
        if (blob.nmethod() == null) {
            return blob.name() + "+0x" + Long.toHexString(address - blob.codeBegin());
        }
        long complete = address - blob.codeBegin() - blob.frameCompleteOffset();
        return blob.name() + " level " + blob.nmethod().compLevel()
                + (blob.nmethod().isOsr() ? " osr" : "") + (complete < 0 ? " in its prologue" : "") + " frame "
                + blob.frameSizeWords();
    }

    /** Some bytes of code before an address and from it on. */
    String bytes(long address) throws IOException {
        byte[] read = new byte[32];
        int count = memory.readUpTo(address - 12, read, 0, read.length);
        StringBuilder text = new StringBuilder();
        for (int i = 0; i < count; i++) {
            text.append(i == 12 ? " | " : "").append(String.format("%02x", read[i]));
        }
        return text.toString();
    }

    @Override
    public void close() {
        memory.close();
    }
}
