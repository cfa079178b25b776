package dev.sonde.agent.jvm.names;

import dev.sonde.agent.jvm.code.BlobReader;
import dev.sonde.agent.jvm.code.CodeBlob;
import dev.sonde.agent.jvm.code.CodeHeaps;
import dev.sonde.agent.jvm.layout.VmLayout;
import dev.sonde.agent.jvm.memory.MemoryPages;
import dev.sonde.agent.jvm.memory.ProcessReadException;

/** Names code of the code cache that is no Java method, in a way that is the same from run to run. */
final class StubNames {

    private final CodeHeaps heaps;
    private final BlobReader blobs;
    private final StubDescriptors descriptors;

    StubNames(VmLayout layout, MemoryPages pages, CodeHeaps heaps, BlobReader blobs) {
        this.heaps = heaps;
        this.blobs = blobs;
        this.descriptors = new StubDescriptors(layout.stubDescriptors(), pages, heaps);
    }

    /** What is asked for in vain is looked for once more from now on. */
    void beginRound() {
        descriptors.beginRound();
    }

    /** The name of the stub at an address, or null where no blob is. */
    String name(long address) throws ProcessReadException {
        long blob = heaps.blobAt(address);
        return blob == 0 ? null : name(blobs.read(blob), address);
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
