package dev.sonde.agent.jvm.code;

import dev.sonde.agent.jvm.layout.ScopeLayout;
import dev.sonde.agent.jvm.layout.VmLayout;
import dev.sonde.agent.jvm.memory.MemoryPages;
import dev.sonde.agent.jvm.memory.ProcessReadException;

/**
 * Tells what a place in an nmethod's code stands for, by the debug information that the compilers record for calls and
 * safepoints. A place between two of them belongs to the one behind it: the instructions were made for what it
 * describes. A return address has one of its own. One thread at a time.
 */
public final class ScopeReader {

    /** A bytecode index has 16 bits (JVMS 4.7.3), and -1 is one. */
    private static final int MAX_BCI = 0xffff;

    /** More debug information than this has no method: the largest bytecode makes some megabytes of code. */
    private static final int MAX_TABLE_BYTES = 256 << 20;

    private static final int MAX_METADATA = 1 << 20;

    private final ScopeLayout layout;
    private final int blobMutableData;
    private final int blobRelocationSize;
    private final int blobDataOffset;
    private final MemoryPages pages;
    private final CompressedNumbers numbers;

    private long codeBegin;
    private long pcDescs;
    private int pcDescCount;
    private long scopes;
    private long scopesEnd;
    private long metadata;

    public ScopeReader(VmLayout layout, MemoryPages pages) {
        this.layout = layout.scope();
        this.blobMutableData = layout.blob().mutableData();
        this.blobRelocationSize = layout.blob().relocationSize();
        this.blobDataOffset = layout.blob().dataOffset();
        this.pages = pages;
        this.numbers = new CompressedNumbers(pages, this.layout.excludesZero());
    }

    /**
     * Opens the table of a blob.
     *
     * @param nmethod its blob, as read just now
     * @throws ProcessReadException when it cannot be read or contradicts itself, as of all that reads what was opened
     */
    public void open(CodeBlob nmethod) throws ProcessReadException {
        locate(nmethod);
        codeBegin = nmethod.codeBegin();
    }

    /** Entries of the table that was opened. */
    public int count() {
        return pcDescCount;
    }

    /** The place of an entry of the table that was opened, from the code's start; the first and last are no places. */
    public int pcOffset(int index) throws ProcessReadException {
        return pages.i32(pcDescs + (long) index * layout.pcDescBytes() + layout.pcOffset());
    }

    private int scopeOffset(int index) throws ProcessReadException {
        return pages.i32(pcDescs + (long) index * layout.pcDescBytes() + layout.scopeDecodeOffset());
    }

    /**
     * The number of what is recorded for a place in the code that was opened, equal for all places of one record; 0 where
     * nothing is.
     *
     * @param pc an instruction that runs, or the return address of a call
     * @param leaf which of both it is
     */
    public int scopeAt(long pc, boolean leaf) throws ProcessReadException {
        long offset = pc - codeBegin;
        int index = firstAtOrAfter(offset);
        // A frame that a signal interrupted comes as one behind its instruction, as a return address is; nothing is
        // recorded there, but perhaps at the instruction.
        if (!leaf && (index == pcDescCount || pcOffset(index) != offset)) {
            index = firstAtOrAfter(offset - 1);
        }
        return index < pcDescCount ? scopeOffset(index) : 0;
    }

    /** The first entry for a place at or behind an offset, or the count. */
    private int firstAtOrAfter(long offset) throws ProcessReadException {
        int low = 0;
        int high = pcDescCount;
        while (low < high) {
            int middle = (low + high) >>> 1;
            if (pcOffset(middle) < offset) {
                low = middle + 1;
            } else {
                high = middle;
            }
        }
        return low;
    }

    /** The table that was opened, to be kept; null where it has more entries than so many. */
    public ScopeTable table(int most) throws ProcessReadException {
        if (pcDescCount > most) {
            return null;
        }
        int[] offsets = new int[pcDescCount];
        int[] scopesAt = new int[pcDescCount];
        for (int i = 0; i < pcDescCount; i++) {
            offsets[i] = pcOffset(i);
            scopesAt[i] = scopeOffset(i);
        }
        return new ScopeTable(codeBegin, offsets, scopesAt);
    }

    /** The methods of what {@link #scopeAt} found; none for 0. */
    public void read(int scope, ScopeChain into) throws ProcessReadException {
        into.clear();
        readChain(scope, into);
    }

    private void readChain(int first, ScopeChain into) throws ProcessReadException {
        // 0 is written for "none": an entry without scope, the last entry, and the sender of the outermost scope.
        for (int offset = first; offset != 0; ) {
            if (offset < 0 || offset >= scopesEnd - scopes) {
                throw ProcessReadException.implausible("scope offset", offset, "within " + (scopesEnd - scopes));
            }
            numbers.seek(scopes + offset, scopesEnd);
            offset = numbers.next();
            int method = numbers.next();
            int bci = numbers.next() + layout.invocationBci();
            if (method <= 0 || method > MAX_METADATA) {
                throw ProcessReadException.implausible("scope's method", method, "1 to " + MAX_METADATA);
            }
            if (bci < layout.invocationBci() || bci > MAX_BCI) {
                throw ProcessReadException.implausible("scope's bci", bci, "-1 to " + MAX_BCI);
            }
            into.add(pages.i64(metadata + (method - 1L) * Long.BYTES), bci);
        }
    }

    private void locate(CodeBlob nmethod) throws ProcessReadException {
        long blob = nmethod.address();
        long end;
        if (layout.immutableData() != VmLayout.ABSENT) {
            long base = pages.i64(blob + layout.immutableData());
            pcDescs = base + pages.i32(blob + layout.scopesPcs());
            scopes = base + pages.i32(blob + layout.scopesData());
            scopesEnd = base + pages.i32(blob + layout.immutableDataSize());
            end = scopes;
        } else {
            pcDescs = blob + pages.i32(blob + layout.scopesPcs());
            scopes = layout.scopesDataPointer()
                    ? pages.i64(blob + layout.scopesData())
                    : blob + pages.i32(blob + layout.scopesData());
            // The scopes stand before the table of places.
            scopesEnd = pcDescs;
            end = blob + pages.i32(blob + layout.scopesPcsEnd());
        }
        long tableBytes = end - pcDescs;
        if (tableBytes < 0 || tableBytes > MAX_TABLE_BYTES) {
            throw ProcessReadException.implausible("PcDescs, bytes", tableBytes, "0 to " + MAX_TABLE_BYTES);
        }
        if (scopesEnd - scopes < 0 || scopesEnd - scopes > MAX_TABLE_BYTES) {
            throw ProcessReadException.implausible("scopes, bytes", scopesEnd - scopes, "0 to " + MAX_TABLE_BYTES);
        }
        pcDescCount = (int) (tableBytes / layout.pcDescBytes());
        metadata = metadata(blob);
    }

    private long metadata(long blob) throws ProcessReadException {
        ScopeLayout.MetadataPlace place = layout.metadata();
        return switch (place.from()) {
            case BLOB -> blob + place.offset().unsigned(pages, blob);
            case DATA ->
                blob + pages.i32(blob + blobDataOffset) + place.offset().unsigned(pages, blob);
            case MUTABLE_DATA -> pages.i64(blob + blobMutableData) + pages.i32(blob + blobRelocationSize);
        };
    }
}
