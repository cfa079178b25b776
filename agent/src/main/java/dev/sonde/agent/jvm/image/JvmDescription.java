package dev.sonde.agent.jvm.image;

import dev.sonde.agent.jvm.code.BlobKind;
import dev.sonde.agent.jvm.code.CodeBlob;
import dev.sonde.agent.jvm.code.CodeHeap;
import dev.sonde.agent.jvm.decode.InterpreterSlots;
import dev.sonde.agent.jvm.layout.BlobLayout;
import dev.sonde.agent.jvm.layout.ContinuationLayout;
import dev.sonde.agent.jvm.layout.InterpreterLayout;
import dev.sonde.agent.jvm.layout.MethodLayout;
import dev.sonde.agent.jvm.layout.NmethodLayout;
import dev.sonde.agent.jvm.layout.ThreadLayout;
import dev.sonde.agent.jvm.layout.VmLayout;
import dev.sonde.agent.jvm.memory.MemoryPages;
import dev.sonde.agent.jvm.memory.ProcessReadException;
import dev.sonde.agent.kernel.code.JvmImage;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.List;

/** Writes a {@code struct sonde_jvm} (unwind/hotspot_format.h), field by field in its order. */
final class JvmDescription {

    /** SONDE_CODE_HEAPS. */
    private static final int MAX_HEAPS = 8;

    /** SONDE_NO_FIELD, also what ABSENT is in 16 bits. */
    private static final int NO_FIELD = 0xffff;

    /** SONDE_BLOB_BYTES. */
    private static final int MAX_BLOB_BYTES = 512;

    /** enum sonde_jvm_flag */
    private static final int KIND_IS_BYTE = 1;

    private static final int CODE_IS_OFFSET = 2;
    private static final int DEOPT_IS_OFFSET = 4;
    private static final int COMPLETE_IS_SHORT = 8;
    private static final int NARROW_OOPS = 16;
    private static final int COLOURED_OOPS = 32;
    private static final int THREADS_NAMED = 64;

    /**
     * ContinuationEntry::_cont, which neither tables nor symbols tell: behind two pointers in JDK 21 to 25
     * (runtime/continuationEntry.hpp).
     */
    private static final int ENTRY_CONT = 2 * Long.BYTES;

    /** {@code mov rsp, [r15 + disp32]}, the return barrier's first instruction: r15 is the JavaThread. */
    private static final int[] LOAD_ENTRY = {0x49, 0x8b, 0xa7};

    private final VmLayout layout;
    private final MemoryPages pages;
    private final ByteBuffer out =
            ByteBuffer.allocate(JvmImage.DESCRIPTION_BYTES).order(ByteOrder.LITTLE_ENDIAN);

    private JvmDescription(VmLayout layout, MemoryPages pages) {
        this.layout = layout;
        this.pages = pages;
    }

    /**
     * Describes a JVM.
     *
     * @param heaps the code heaps
     * @param blobs some of each kind, as far as there are any
     * @param tableBase the address of the table's place 0
     * @param storage libjvm's thread-local storage
     * @throws ProcessReadException when the process cannot be read, or says what cannot be
     */
    static byte[] of(
            VmLayout layout,
            MemoryPages pages,
            List<CodeHeap> heaps,
            List<CodeBlob> blobs,
            long tableBase,
            InterpreterSlots slots,
            ThreadStorage storage)
            throws ProcessReadException {
        JvmDescription description = new JvmDescription(layout, pages);
        ZgcDescription zgc = new ZgcDescription(layout, pages);
        description.places(heaps, tableBase);
        description.kinds(blobs);
        description.out.putLong(layout.oop().narrowOopBase());
        zgc.colours(description.out);
        description.heaps(heaps);
        description.threadStorage(storage);
        description.blobFields();
        description.methodFields(slots);
        description.continuationFields();
        description.threadFields();
        zgc.forwardings(description.out);
        return description.out.array();
    }

    /** The lowest address of all heaps. */
    static long codeLow(List<CodeHeap> heaps) {
        return heaps.stream().mapToLong(CodeHeap::low).min().orElse(0);
    }

    /** The first address behind all heaps. */
    static long codeEnd(List<CodeHeap> heaps) {
        return heaps.stream().mapToLong(CodeHeap::highBoundary).max().orElse(0);
    }

    private void places(List<CodeHeap> heaps, long tableBase) throws ProcessReadException {
        InterpreterLayout interpreter = layout.interpreter();
        long queue = pointer(interpreter.code());
        long low = queue == 0 ? 0 : pages.i64(queue + interpreter.stubBuffer());
        out.putLong(codeLow(heaps));
        out.putLong(codeEnd(heaps));
        out.putLong(tableBase);
        out.putLong(low);
        out.putLong(low == 0 ? 0 : low + Math.max(0, pages.i32(queue + interpreter.bufferLimit())));
        out.putLong(pointer(layout.continuation().returnBarrier()));
        out.putLong(pointer(layout.continuation().returnPc()));
    }

    private long pointer(long field) throws ProcessReadException {
        return field == VmLayout.ABSENT_ADDRESS ? 0 : pages.i64(field);
    }

    private void kinds(List<CodeBlob> blobs) throws ProcessReadException {
        long method = kind(blobs, BlobKind.NMETHOD);
        long wrapper = kind(blobs, BlobKind.NATIVE_NMETHOD);
        boolean isByte = layout.blob().kind() != null;
        long known = isByte && layout.blob().nmethodKind() != VmLayout.ABSENT
                ? layout.blob().nmethodKind()
                : 0;
        out.putLong(method == 0 ? known : method);
        out.putLong(wrapper == 0 ? known : wrapper);
        out.putLong(kind(blobs, BlobKind.VTABLE));
    }

    /** What the blobs of a kind have in common: its number, or the address of their name; 0 where there is none yet. */
    private long kind(List<CodeBlob> blobs, BlobKind kind) throws ProcessReadException {
        BlobLayout at = layout.blob();
        for (CodeBlob blob : blobs) {
            if (blob.kind() == kind) {
                return at.kind() == null
                        ? pages.i64(blob.address() + at.name())
                        : at.kind().unsigned(pages, blob.address());
            }
        }
        return 0;
    }

    private void threadStorage(ThreadStorage storage) throws ProcessReadException {
        int current = layout.thread().current();
        out.putInt(current == VmLayout.ABSENT ? 0 : storage.module(pages));
        out.putInt(current);
    }

    private void heaps(List<CodeHeap> heaps) {
        int count = Math.min(heaps.size(), MAX_HEAPS);
        int begin = out.position();
        for (CodeHeap heap : heaps.subList(0, count)) {
            out.putLong(heap.low());
            out.putLong(heap.highBoundary());
            out.putLong(heap.segmap());
            out.putInt(heap.log2SegmentSize());
            out.putInt(0);
        }
        out.position(begin + MAX_HEAPS * (3 * Long.BYTES + 2 * Integer.BYTES));
        out.putInt(count);
        out.putInt(flags());
        out.putInt(layout.oop().narrowOopShift());
    }

    private int flags() {
        BlobLayout blob = layout.blob();
        return (blob.kind() != null ? KIND_IS_BYTE : 0)
                | (blob.codePointers() ? 0 : CODE_IS_OFFSET)
                | (layout.nmethod().deoptPointers() ? 0 : DEOPT_IS_OFFSET)
                | (blob.frameComplete().bytes() == Short.BYTES ? COMPLETE_IS_SHORT : 0)
                | (layout.oop().narrowOops() ? NARROW_OOPS : 0)
                | (layout.oop().zgc() ? COLOURED_OOPS : 0)
                | (layout.thread().tellsVirtualNames() ? THREADS_NAMED : 0);
    }

    private void blobFields() throws ProcessReadException {
        BlobLayout blob = layout.blob();
        field(layout.codeHeap().blockHeaderBytes());
        field(layout.codeHeap().blockUsed());
        blobBytes("sizeof(nmethod)", layout.nmethod().bytes());
        blobBytes("sizeof(CodeBlob)", blob.bytes());
        field(blob.kind() == null ? blob.name() : blob.kind().offset());
        field(blob.size());
        field(blob.codeBegin());
        field(blob.frameSize().offset());
        field(blob.frameComplete().offset());
    }

    private void blobBytes(String what, int bytes) throws ProcessReadException {
        if (bytes > MAX_BLOB_BYTES) {
            throw ProcessReadException.implausible(what, bytes, "at most " + MAX_BLOB_BYTES);
        }
        field(bytes);
    }

    private void methodFields(InterpreterSlots slots) {
        NmethodLayout nmethod = layout.nmethod();
        MethodLayout method = layout.method();
        field(nmethod.method());
        field(nmethod.compileId());
        field(nmethod.deoptHandler());
        field(nmethod.deoptMethodHandleHandler());
        field(nmethod.origPcOffset());
        field(method.constMethod());
        field(method.codeSize());
        field(method.constMethodBytes());
        field(slots.method());
        field(slots.bcp());
        field(layout.interpreter().senderSpSlot() * Long.BYTES);
    }

    private void continuationFields() throws ProcessReadException {
        ContinuationLayout at = layout.continuation();
        field(threadEntry());
        field(layout.thread().stackBase());
        field(ENTRY_CONT);
        field(at.tail());
        field(at.chunkParent());
        field(at.chunkSize());
        field(at.chunkSp());
        field(at.chunkBottom());
        field(at.chunkPc());
        field(at.chunkStack());
    }

    private void threadFields() {
        ThreadLayout at = layout.thread();
        field(at.stackSize());
        field(at.threadObject());
        field(at.virtualThread());
        field(at.objectName());
        field(at.stringValue());
        field(at.stringCoder());
        field(layout.oop().arrayLength());
        field(layout.oop().byteArrayBase(layout.jdk()));
        out.putLong(layout.safepointState());
    }

    /** JavaThread::_cont_entry; JDK 21 tells no one but the return barrier, which loads it first. */
    private int threadEntry() throws ProcessReadException {
        long barrier = pointer(layout.continuation().returnBarrier());
        if (layout.thread().continuationEntry() != VmLayout.ABSENT || barrier == 0) {
            return layout.thread().continuationEntry();
        }
        for (int i = 0; i < LOAD_ENTRY.length; i++) {
            if (pages.u8(barrier + i) != LOAD_ENTRY[i]) {
                return VmLayout.ABSENT;
            }
        }
        int offset = pages.i32(barrier + LOAD_ENTRY.length);
        return offset > 0 && offset < NO_FIELD ? offset : VmLayout.ABSENT;
    }

    private void field(int offset) {
        out.putShort((short) offset);
    }
}
