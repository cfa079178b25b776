package dev.sonde.agent.jvm.code;

import dev.sonde.agent.jvm.layout.BlobLayout;
import dev.sonde.agent.jvm.layout.NmethodLayout;
import dev.sonde.agent.jvm.layout.VmLayout;
import dev.sonde.agent.jvm.memory.IntField;
import dev.sonde.agent.jvm.memory.MemoryPages;
import dev.sonde.agent.jvm.memory.ProcessReadException;

/** Reads the header of a blob. One thread at a time, for the pages are. */
public final class BlobReader {

    /** A compiled method of more than this is refused by the JVM itself (CodeBlob's sizes are ints; 2 GiB a heap). */
    private static final int MAX_BLOB_BYTES = 256 << 20;

    /** Frames are bounded by the compilers' own tables; 64 KiWords would be half a megabyte. */
    private static final int MAX_FRAME_WORDS = 1 << 16;

    private final BlobLayout blob;
    private final NmethodLayout nmethod;
    private final MemoryPages pages;
    private final BlobKinds kinds;

    public BlobReader(VmLayout layout, MemoryPages pages) {
        this.blob = layout.blob();
        this.nmethod = layout.nmethod();
        this.pages = pages;
        this.kinds = new BlobKinds(layout, pages);
    }

    /**
     * The blob at an address.
     *
     * @throws ProcessReadException when it cannot be read, or what stands there is no blob
     */
    public CodeBlob read(long address) throws ProcessReadException {
        int size = pages.i32(address + blob.size());
        if (size <= 0 || size > MAX_BLOB_BYTES) {
            throw ProcessReadException.implausible("CodeBlob::_size", size, "1 to " + MAX_BLOB_BYTES);
        }
        long begin = codeAddress(address, blob.codeBegin());
        long end = codeAddress(address, blob.codeEnd());
        if (begin < address || begin > end || end > address + size) {
            throw ProcessReadException.implausible("CodeBlob's code begin", begin, "code within the blob");
        }
        long frameSize = blob.frameSize().signed(pages, address);
        if (frameSize > MAX_FRAME_WORDS) {
            throw ProcessReadException.implausible("CodeBlob::_frame_size", frameSize, "up to " + MAX_FRAME_WORDS);
        }
        String name = kinds.name(pages.i64(address + blob.name()));
        BlobKind kind = kinds.kind(address, name);
        return new CodeBlob(
                address,
                kind,
                name,
                begin,
                end,
                size,
                (int) frameSize,
                (int) blob.frameComplete().signed(pages, address),
                kind.isNmethod() ? nmethod(address, begin) : null);
    }

    private long codeAddress(long address, int field) throws ProcessReadException {
        return blob.codePointers() ? pages.i64(address + field) : address + pages.i32(address + field);
    }

    private NmethodHeader nmethod(long address, long codeBegin) throws ProcessReadException {
        IntField entry = nmethod.verifiedEntryOffset();
        return new NmethodHeader(
                pages.i64(address + nmethod.method()),
                pages.i32(address + nmethod.compileId()),
                (int) nmethod.compLevel().signed(pages, address),
                pages.i32(address + nmethod.entryBci()),
                (int) nmethod.state().signed(pages, address),
                entry == null
                        ? pages.i64(address + nmethod.verifiedEntryPointer())
                        : codeBegin + entry.unsigned(pages, address),
                handler(address, nmethod.deoptHandler()),
                nmethod.deoptMethodHandleHandler() == VmLayout.ABSENT
                        ? 0
                        : handler(address, nmethod.deoptMethodHandleHandler()),
                pages.i32(address + nmethod.origPcOffset()));
    }

    private long handler(long address, int field) throws ProcessReadException {
        if (nmethod.deoptPointers()) {
            return pages.i64(address + field);
        }
        int offset = pages.i32(address + field);
        return offset <= 0 ? 0 : address + offset;
    }
}
