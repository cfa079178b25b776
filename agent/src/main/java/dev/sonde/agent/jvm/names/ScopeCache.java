package dev.sonde.agent.jvm.names;

import dev.sonde.agent.jvm.code.CodeBlob;
import dev.sonde.agent.jvm.code.ScopeTable;
import dev.sonde.model.FrameKind;
import it.unimi.dsi.fastutil.ints.Int2ObjectOpenHashMap;
import it.unimi.dsi.fastutil.longs.Long2ObjectOpenHashMap;

/**
 * What compilations in which samples end record for their places. Nearly every sample has another innermost place, most
 * of them in few methods, and many places have one record: what was read for one is told of the others without asking
 * the process. Holds at most a budget: when half of it is used, what was not asked for since the last time goes. One
 * thread at a time.
 */
final class ScopeCache {

    /** PcDescs of a compilation whose table is kept; 300 are many. */
    static final int MOST_PLACES = 1024;

    /** What part of the budget one compilation may have. */
    private static final int CODE_PART = 4;

    /** A compilation, its table of scopes and its place. */
    private static final int CODE_BYTES = 288;

    /** Three arrays, what holds them and its place. */
    private static final int SCOPE_BYTES = 112;

    private static final int LEVEL_BYTES = 2 * Long.BYTES + Integer.BYTES;

    private long budgetBytes;
    private Long2ObjectOpenHashMap<Code> young = new Long2ObjectOpenHashMap<>();
    private Long2ObjectOpenHashMap<Code> old = new Long2ObjectOpenHashMap<>();
    private long youngBytes;
    private long oldBytes;

    /**
     * The methods of one record, innermost first.
     *
     * @param methods each one's Method*
     * @param stamps that tell it from another in its place (MethodReader)
     * @param lines 0 where there is none
     */
    @SuppressWarnings("ArrayRecordComponent") // read only, and compared by nobody
    record Scope(long[] methods, long[] stamps, int[] lines) {}

    /** One compilation. */
    static final class Code {
        final FrameKind kind;
        final boolean osr;
        private final int compileId;
        private final long begin;
        private final long end;
        private final ScopeTable table;
        private final Int2ObjectOpenHashMap<Scope> scopes = new Int2ObjectOpenHashMap<>(4);
        private long bytes;

        private Code(CodeBlob nmethod, FrameKind kind, ScopeTable table) {
            this.kind = kind;
            this.osr = nmethod.nmethod().isOsr();
            this.compileId = nmethod.nmethod().compileId();
            this.begin = nmethod.codeBegin();
            this.end = nmethod.codeEnd();
            this.table = table;
            this.bytes = CODE_BYTES + table.memoryBytes();
        }

        /** The record of a place that runs; null where it was read for no other place. */
        Scope scopeOfRunning(long pc) {
            return scopes.get(table.scopeOfRunning(pc));
        }

        /** Whether it is a blob's, whose compile id is known in full. */
        boolean isOf(CodeBlob nmethod) {
            return nmethod.nmethod().compileId() == compileId && nmethod.codeBegin() == begin;
        }
    }

    /**
     * The compilation that two words name, or null.
     *
     * @param identity Method* and the lower 16 bits of the compile id
     */
    Code get(long pc, long identity) {
        Code code = young.get(identity);
        if (code == null) {
            code = old.get(identity);
            if (code != null) {
                keep(identity, code);
            }
        }
        return code != null && pc >= code.begin && pc < code.end ? code : null;
    }

    /**
     * Keeps a compilation, as yet without records.
     *
     * @param table all its places
     * @return null where there is no room for one as large
     */
    Code add(long identity, CodeBlob nmethod, FrameKind kind, ScopeTable table) {
        Code code = new Code(nmethod, kind, table);
        if (code.bytes > budgetBytes / CODE_PART) {
            return null;
        }
        keep(identity, code);
        return code;
    }

    private void keep(long identity, Code code) {
        if (youngBytes + code.bytes > budgetBytes / 2) {
            age();
        }
        Code before = young.put(identity, code);
        youngBytes += code.bytes - (before == null ? 0 : before.bytes);
    }

    /** Keeps a record of a compilation that was asked for or added just now. */
    void put(Code code, int number, Scope scope) {
        long more = SCOPE_BYTES + (long) LEVEL_BYTES * scope.methods.length;
        if (code.bytes + more > budgetBytes / CODE_PART) {
            return;
        }
        code.scopes.put(number, scope);
        code.bytes += more;
        youngBytes += more;
        if (youngBytes > budgetBytes / 2) {
            age();
        }
    }

    private void age() {
        old = young;
        oldBytes = youngBytes;
        young = new Long2ObjectOpenHashMap<>();
        youngBytes = 0;
    }

    /** Holds no more than this from now on. */
    void limit(long mostBytes) {
        budgetBytes = mostBytes;
        if (memoryBytes() > mostBytes) {
            age();
        }
        if (memoryBytes() > mostBytes) {
            age();
        }
    }

    /** About what the cache holds. */
    long memoryBytes() {
        return youngBytes + oldBytes;
    }
}
