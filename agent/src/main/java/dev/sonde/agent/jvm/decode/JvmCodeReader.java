package dev.sonde.agent.jvm.decode;

import dev.sonde.agent.jvm.code.CodeBlob;
import dev.sonde.agent.jvm.layout.InterpreterLayout;
import dev.sonde.agent.jvm.layout.VmLayout;
import dev.sonde.agent.jvm.memory.MemoryPages;
import dev.sonde.agent.jvm.memory.ProcessMemory;
import dev.sonde.agent.jvm.memory.ProcessReadException;
import it.unimi.dsi.fastutil.longs.LongList;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;

/** Reads what a JVM's stable code is decoded from. One thread at a time. */
public final class JvmCodeReader {

    /** Where the compilers, the adapters' and the signature handlers' makers write their code first. */
    private static final Set<String> BUFFERS = Set.of(
            "C1 temporary CodeBuffer",
            "Compile::Fill_buffer",
            "Compile::scratch_buffer",
            "adapters",
            "Signature Handler Temp Buffer");

    /** JDK 25 has 370 codelets. */
    private static final int MAX_CODELETS = 4096;

    private static final int MAX_NAME_BYTES = 128;

    /** Stable blobs lie in a few MiB, far apart in a code cache that is one heap. */
    private static final int PAGES = 64;

    private final VmLayout layout;
    private final ProcessMemory memory;
    private final MemoryPages pages;

    public JvmCodeReader(VmLayout layout, ProcessMemory memory) {
        this.layout = layout;
        this.memory = memory;
        this.pages = new MemoryPages(memory, PAGES);
    }

    /**
     * The code as it is now; blobs that cannot be read are left out.
     *
     * @param blobs those of the code cache, of which methods are left out
     */
    public JvmCodeView read(List<CodeBlob> blobs) throws ProcessReadException {
        List<StableBlob> read = new ArrayList<>();
        long bytes = 0;
        for (CodeBlob blob : blobs) {
            long size = isStable(blob) ? blob.codeEnd() - blob.codeBegin() : 0;
            bytes += size;
            if (size > 0 && size <= StableCode.MAX_BLOB_BYTES && bytes <= StableCode.MAX_BYTES) {
                byte[] code = new byte[(int) size];
                if (memory.readUpTo(blob.codeBegin(), code, 0, code.length) == code.length) {
                    read.add(new StableBlob(blob.kind(), blob.name(), blob.codeBegin(), code, blob.frameSizeWords()));
                }
            }
        }
        try {
            return new JvmCodeView(read, codelets(), entries(), special());
        } finally {
            pages.rest();
        }
    }

    /** Compiled methods come and go; buffers are what HotSpot makes code in, to run it elsewhere. */
    private static boolean isStable(CodeBlob blob) {
        return !blob.kind().isNmethod() && !BUFFERS.contains(blob.name());
    }

    /** The interpreter's codelets stand one behind the other, each with a header (code/stubs.hpp). */
    private List<Codelet> codelets() throws ProcessReadException {
        InterpreterLayout at = layout.interpreter();
        List<Codelet> codelets = new ArrayList<>();
        long queue = pages.i64(at.code());
        if (queue == 0) {
            return codelets;
        }
        long codelet = pages.i64(queue + at.stubBuffer());
        long end = codelet + Math.max(0, pages.i32(queue + at.bufferLimit()));
        while (codelet < end && codelets.size() < MAX_CODELETS) {
            int size = pages.i32(codelet + at.codeletSize());
            if (size <= at.codeletBytes() || codelet + size > end) {
                break;
            }
            String name = pages.text(pages.i64(codelet + at.codeletName()), MAX_NAME_BYTES);
            codelets.add(new Codelet(name, codeStart(codelet + at.codeletBytes(), codelet + size), codelet + size));
            codelet += size;
        }
        return codelets;
    }

    /** Behind the header come zeros up to the next multiple of CodeEntryAlignment: no code. */
    private long codeStart(long headerEnd, long end) throws ProcessReadException {
        long at = headerEnd;
        while (at + Long.BYTES < end && pages.i64(at) == 0) {
            at += Long.BYTES;
        }
        return at;
    }

    /** What fields of StubRoutines hold: addresses of stubs, and of other things. */
    private List<Long> entries() throws ProcessReadException {
        LongList fields = layout.stubs().fields();
        List<Long> entries = new ArrayList<>(fields.size());
        for (int i = 0; i < fields.size(); i++) {
            try {
                entries.add(pages.i64(fields.getLong(i)));
            } catch (ProcessReadException e) {
                if (e.reason() != ProcessReadException.Reason.UNMAPPED) {
                    throw e;
                }
            }
        }
        return entries;
    }

    private SpecialAddresses special() throws ProcessReadException {
        return new SpecialAddresses(
                pointer(layout.interpreter().callStubReturn()),
                pointer(layout.stubs().catchException()),
                pointer(layout.continuation().thaw()),
                pointer(layout.continuation().returnBarrier()),
                pointer(layout.continuation().returnBarrierExc()));
    }

    private long pointer(long field) throws ProcessReadException {
        return field == VmLayout.ABSENT_ADDRESS ? 0 : pages.i64(field);
    }
}
