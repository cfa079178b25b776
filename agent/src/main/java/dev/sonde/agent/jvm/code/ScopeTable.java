package dev.sonde.agent.jvm.code;

import dev.sonde.agent.jvm.memory.ProcessReadException;

/** What is recorded for the places of one compilation, as numbers, without its process. */
public final class ScopeTable implements PcOffsets {

    private static final int OBJECT_BYTES = 72;

    private final long codeBegin;
    private final int[] offsets;
    private final int[] scopes;

    ScopeTable(long codeBegin, int[] offsets, int[] scopes) {
        this.codeBegin = codeBegin;
        this.offsets = offsets;
        this.scopes = scopes;
    }

    @Override
    public int count() {
        return offsets.length;
    }

    @Override
    public int pcOffset(int index) {
        return offsets[index];
    }

    /** As {@link ScopeReader#scopeAt}. */
    public int scopeAt(long pc, boolean leaf) throws ProcessReadException {
        int index = find(pc - codeBegin, leaf);
        return index < offsets.length ? scopes[index] : 0;
    }

    /** About what it takes. */
    public long memoryBytes() {
        return OBJECT_BYTES + 2L * Integer.BYTES * offsets.length;
    }
}
