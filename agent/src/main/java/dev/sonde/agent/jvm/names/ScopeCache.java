package dev.sonde.agent.jvm.names;

import dev.sonde.agent.aggregate.CodeLocation;
import dev.sonde.agent.jvm.code.CodeBlob;
import dev.sonde.agent.jvm.code.ScopeTable;
import dev.sonde.agent.jvm.memory.ProcessReadException;
import dev.sonde.model.FrameKind;
import it.unimi.dsi.fastutil.ints.Int2ObjectOpenHashMap;
import it.unimi.dsi.fastutil.longs.Long2ObjectOpenHashMap;
import java.util.List;

/**
 * What compilations in which samples end record for their places. Nearly every sample has another innermost place, most
 * of them in few methods, and many places have one record: what was named for one is told of the others without asking
 * the process. Holds at most a budget: when it is used up, all goes. One thread at a time.
 */
final class ScopeCache {

    /** PcDescs of a compilation whose table is kept; 300 are many. */
    static final int MOST_PLACES = 1024;

    /** A compilation, its tables' heads and its place. */
    private static final int CODE_BYTES = 160;

    /** A list of lines, and its place; what it names is counted by {@link FrameCache}. */
    private static final int LIST_BYTES = 64;

    private static final int LINE_BYTES = 28;

    private final Long2ObjectOpenHashMap<Code> codes = new Long2ObjectOpenHashMap<>();
    private long budgetBytes;
    private long bytes;

    ScopeCache(long budgetBytes) {
        this.budgetBytes = budgetBytes;
    }

    /** One compilation. */
    static final class Code {
        final FrameKind kind;
        final boolean osr;
        private final long begin;
        private final long end;
        private final ScopeTable table;
        private final Int2ObjectOpenHashMap<List<CodeLocation.Line>> lines = new Int2ObjectOpenHashMap<>(4);

        private Code(CodeBlob nmethod, FrameKind kind, ScopeTable table) {
            this.kind = kind;
            this.osr = nmethod.nmethod().isOsr();
            this.begin = nmethod.codeBegin();
            this.end = nmethod.codeEnd();
            this.table = table;
        }

        /** The methods and lines of a place that runs; null where no other place of its record was named. */
        List<CodeLocation.Line> lines(long pc) throws ProcessReadException {
            return lines.get(table.scopeAt(pc, true));
        }
    }

    /** The compilation that two words name, or null. */
    Code get(long pc, long identity) {
        Code code = codes.get(identity);
        return code != null && pc >= code.begin && pc < code.end ? code : null;
    }

    /**
     * Keeps a compilation, as yet without lines.
     *
     * @param identity Method* and the lower 16 bits of the compile id
     * @param table all its places
     */
    Code add(long identity, CodeBlob nmethod, FrameKind kind, ScopeTable table) {
        Code code = new Code(nmethod, kind, table);
        take(CODE_BYTES + table.memoryBytes());
        if (bytes <= budgetBytes) {
            codes.put(identity, code);
        }
        return code;
    }

    /** Keeps what a place of a compilation that runs is named by. */
    void put(Code code, long pc, List<CodeLocation.Line> lines) throws ProcessReadException {
        take(LIST_BYTES + (long) LINE_BYTES * lines.size());
        code.lines.put(code.table.scopeAt(pc, true), lines);
    }

    private void take(long more) {
        if (bytes + more > budgetBytes) {
            clear();
        }
        bytes += more;
    }

    /** Holds no more than this from now on. */
    void limit(long mostBytes) {
        budgetBytes = mostBytes;
        if (bytes > mostBytes) {
            clear();
        }
    }

    private void clear() {
        codes.clear();
        codes.trim();
        bytes = 0;
    }

    /** About what the cache holds. */
    long memoryBytes() {
        return bytes;
    }
}
