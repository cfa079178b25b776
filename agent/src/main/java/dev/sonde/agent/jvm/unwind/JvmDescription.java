package dev.sonde.agent.jvm.unwind;

import dev.sonde.agent.jvm.code.BlobKind;
import dev.sonde.agent.jvm.code.CodeBlob;
import dev.sonde.agent.jvm.code.CodeHeap;
import dev.sonde.agent.jvm.layout.BlobLayout;
import dev.sonde.agent.jvm.layout.CodeHeapLayout;
import dev.sonde.agent.jvm.layout.ContinuationLayout;
import dev.sonde.agent.jvm.layout.IntField;
import dev.sonde.agent.jvm.layout.MethodLayout;
import dev.sonde.agent.jvm.layout.NmethodLayout;
import dev.sonde.agent.jvm.layout.OopLayout;
import dev.sonde.agent.jvm.layout.VmLayout;
import dev.sonde.agent.jvm.memory.MemoryPages;
import dev.sonde.agent.jvm.memory.ProcessReadException;
import dev.sonde.agent.kernel.code.JvmImage;
import dev.sonde.agent.kernel.code.UnwindTableImage;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.List;

/** Writes a {@code struct sonde_jvm} (unwind/hotspot_format.h, in whose order the fields stand here). */
public final class JvmDescription {

    /** SONDE_CODE_HEAPS, and the bytes of each. */
    private static final int MAX_HEAPS = 8;

    private static final int HEAP_BYTES = 32;

    /** SONDE_BLOB_BYTES. */
    private static final int MAX_BLOB_BYTES = 512;

    /** SONDE_NO_FIELD. */
    private static final short NO_FIELD = (short) 0xffff;

    /** enum sonde_jvm_flag. */
    private static final int KIND_IS_BYTE = 1;

    private static final int CODE_IS_OFFSET = 2;
    private static final int DEOPT_IS_OFFSET = 4;
    private static final int COMPLETE_IS_SHORT = 8;
    private static final int NARROW_OOPS = 16;
    private static final int COLOURED_OOPS = 32;

    /** ContinuationEntry: a vtable-less class that begins with _parent_or_cookie, _parent, _cont (continuationEntry.hpp). */
    private static final int ENTRY_CONT = 16;

    private final VmLayout layout;
    private final CodePlaces places;
    private final MemoryPages pages;
    private final ByteBuffer out =
            ByteBuffer.allocate(JvmImage.DESCRIPTION_BYTES).order(ByteOrder.LITTLE_ENDIAN);

    private JvmDescription(VmLayout layout, CodePlaces places, MemoryPages pages) {
        this.layout = layout;
        this.places = places;
        this.pages = pages;
    }

    /**
     * Puts together what the unwinder is told.
     *
     * @param blobs of which the kinds' marks are taken: at least one compiled method is to be among them
     * @param table of the code that stays
     * @param tableBase the address of its first place
     * @throws ProcessReadException when the process is gone, or what it holds is not as it should be
     */
    public static JvmImage write(
            VmLayout layout,
            CodePlaces places,
            MemoryPages pages,
            List<CodeHeap> heaps,
            List<CodeBlob> blobs,
            UnwindTableImage table,
            long tableBase)
            throws ProcessReadException {
        return new JvmDescription(layout, places, pages).write(heaps, blobs, table, tableBase);
    }

    private JvmImage write(List<CodeHeap> heaps, List<CodeBlob> blobs, UnwindTableImage table, long tableBase)
            throws ProcessReadException {
        if (heaps.isEmpty() || heaps.size() > MAX_HEAPS) {
            throw ProcessReadException.implausible("code heaps", heaps.size(), "1 to " + MAX_HEAPS);
        }
        long low = heaps.stream().mapToLong(CodeHeap::low).min().getAsLong();
        long end = heaps.stream().mapToLong(CodeHeap::highBoundary).max().getAsLong();
        out.putLong(low).putLong(end).putLong(tableBase);
        out.putLong(places.interpreterLow()).putLong(places.interpreterEnd());
        long returnBarrier = pointed(layout.continuation().returnBarrier());
        out.putLong(returnBarrier);
        out.putLong(pointed(layout.continuation().returnPc()));
        out.putLong(mark(blobs, BlobKind.NMETHOD));
        out.putLong(mark(blobs, BlobKind.NATIVE_NMETHOD));
        out.putLong(mark(blobs, BlobKind.VTABLE));
        out.putLong(layout.oop().narrowOopBase());
        int heapsEnd = out.position() + MAX_HEAPS * HEAP_BYTES;
        heaps.forEach(this::heap);
        out.position(heapsEnd);
        out.putInt(heaps.size()).putInt(flags()).putInt(layout.oop().narrowOopShift());
        CodeHeapLayout heap = layout.codeHeap();
        field(heap.blockHeaderBytes());
        field(heap.blockUsed());
        blob(layout.blob(), layout.nmethod());
        method(layout.method());
        continuation(layout.continuation());
        return new JvmImage(table, out.array(), low, end, returnBarrier);
    }

    private void heap(CodeHeap heap) {
        out.putLong(heap.low()).putLong(heap.highBoundary()).putLong(heap.segmap());
        out.putInt(heap.log2SegmentSize()).putInt(0);
    }

    private void blob(BlobLayout blob, NmethodLayout method) throws ProcessReadException {
        read(method.bytes());
        read(blob.bytes());
        field(blob.kind() == null ? blob.name() : blob.kind().offset());
        field(blob.size());
        field(blob.codeBegin());
        field(blob.frameSize().offset());
        field(blob.frameComplete().offset());
        field(method.method());
        field(method.compileId());
        field(method.deoptHandler());
        field(method.deoptMethodHandleHandler());
        field(method.origPcOffset());
    }

    private void method(MethodLayout method) {
        field(method.constMethod());
        field(method.codeSize());
        field(method.constMethodBytes());
        out.putShort((short) places.methodSlot()).putShort((short) places.bcpSlot());
        out.putShort((short) (layout.interpreter().senderSpSlot() * Long.BYTES));
    }

    private void continuation(ContinuationLayout continuation) {
        int told = layout.thread().continuationEntry();
        field(told == VmLayout.ABSENT ? places.threadEntry() : told);
        field(ENTRY_CONT);
        field(continuation.tail());
        field(continuation.chunkParent());
        field(continuation.chunkSize());
        field(continuation.chunkSp());
        field(continuation.chunkBottom());
        field(continuation.chunkPc());
        field(continuation.chunkStack());
    }

    private void field(int offset) {
        out.putShort(offset == VmLayout.ABSENT ? NO_FIELD : (short) offset);
    }

    private void read(int bytes) throws ProcessReadException {
        if (bytes <= 0 || bytes > MAX_BLOB_BYTES) {
            throw ProcessReadException.implausible("sizeof(nmethod)", bytes, "1 to " + MAX_BLOB_BYTES);
        }
        field(bytes);
    }

    private int flags() {
        BlobLayout blob = layout.blob();
        OopLayout oop = layout.oop();
        return (blob.kind() == null ? 0 : KIND_IS_BYTE)
                | (blob.codePointers() ? 0 : CODE_IS_OFFSET)
                | (layout.nmethod().deoptPointers() ? 0 : DEOPT_IS_OFFSET)
                | (blob.frameComplete().bytes() == Short.BYTES ? COMPLETE_IS_SHORT : 0)
                | (oop.narrowOops() ? NARROW_OOPS : 0)
                | (oop.zgc() ? COLOURED_OOPS : 0);
    }

    /** What the unwinder knows a kind of blobs by: that of the first there is; 0 without any. */
    private long mark(List<CodeBlob> blobs, BlobKind kind) throws ProcessReadException {
        IntField number = layout.blob().kind();
        for (CodeBlob blob : blobs) {
            if (blob.kind() == kind) {
                return number == null
                        ? pages.i64(blob.address() + layout.blob().name())
                        : number.unsigned(pages, blob.address());
            }
        }
        return 0;
    }

    /** The pointer at an address that may not be known. */
    private long pointed(long address) throws ProcessReadException {
        return address == VmLayout.ABSENT_ADDRESS ? 0 : pages.i64(address);
    }
}
