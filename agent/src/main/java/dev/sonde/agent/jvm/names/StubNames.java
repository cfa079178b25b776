package dev.sonde.agent.jvm.names;

import dev.sonde.agent.jvm.code.BlobReader;
import dev.sonde.agent.jvm.code.CodeBlob;
import dev.sonde.agent.jvm.code.CodeHeaps;
import dev.sonde.agent.jvm.layout.VmLayout;
import dev.sonde.agent.jvm.memory.MemoryPages;
import dev.sonde.agent.jvm.memory.ProcessReadException;
import java.util.ArrayList;
import java.util.List;

/** Names code of the code cache that is no Java method, in a way that is the same from run to run. */
final class StubNames {

    /** JDK 25 has some 200 such blobs, of which samples find a few dozen. */
    private static final int MAX_LASTING = 256;

    private final CodeHeaps heaps;
    private final BlobReader blobs;
    private final StubDescriptors descriptors;
    /** Those that were asked for: nothing is read for them again. */
    private final List<CodeBlob> lasting = new ArrayList<>();

    StubNames(VmLayout layout, MemoryPages pages, CodeHeaps heaps, BlobReader blobs) {
        this.heaps = heaps;
        this.blobs = blobs;
        this.descriptors = new StubDescriptors(layout.stubDescriptors(), pages, heaps);
    }

    /** The name of the stub at an address, or null where no blob is. */
    String name(long address) throws ProcessReadException {
        for (int i = 0; i < lasting.size(); i++) {
            if (lasting.get(i).containsCode(address)) {
                return name(lasting.get(i), address);
            }
        }
        long at = heaps.blobAt(address);
        if (at == 0) {
            return null;
        }
        CodeBlob blob = blobs.read(at);
        if (isLasting(blob) && lasting.size() < MAX_LASTING) {
            lasting.add(blob);
        }
        return name(blob, address);
    }

    /** Blobs that the JVM makes once and never frees. */
    private static boolean isLasting(CodeBlob blob) {
        return switch (blob.kind()) {
            case RUNTIME_STUB, DEOPTIMIZATION, SAFEPOINT, EXCEPTION, UNCOMMON_TRAP, VTABLE -> true;
            case BUFFER -> blob.name().equals("Interpreter") || blob.name().startsWith("StubRoutines");
            default -> false;
        };
    }

    private String name(CodeBlob blob, long address) throws ProcessReadException {
        return switch (blob.kind()) {
            case NMETHOD, NATIVE_NMETHOD -> "nmethod";
            case ADAPTER -> "I2C/C2I adapter";
            case VTABLE -> "vtable stub";
            case UPCALL -> "upcall stub";
            case BUFFER, METHOD_HANDLES -> {
                String own = descriptors.name(address);
                yield own == null ? blob.name() : own;
            }
            default -> blob.name();
        };
    }
}
