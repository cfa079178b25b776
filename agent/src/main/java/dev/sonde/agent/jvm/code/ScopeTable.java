package dev.sonde.agent.jvm.code;

import java.util.Arrays;

/** What is recorded for the places of one compilation, as numbers, without its process. */
public final class ScopeTable {

    private static final int OBJECT_BYTES = 72;

    private final long codeBegin;
    private final int[] offsets;
    private final int[] scopes;

    /**
     * @param codeBegin the first instruction's address
     * @param offsets the places, from there, ascending
     * @param scopes what is recorded for each, 0 for nothing
     */
    public ScopeTable(long codeBegin, int[] offsets, int[] scopes) {
        this.codeBegin = codeBegin;
        this.offsets = offsets;
        this.scopes = scopes;
    }

    /** As {@link ScopeReader#scopeAt} says of an instruction that runs. */
    public int scopeOfRunning(long pc) {
        int found = Arrays.binarySearch(offsets, (int) (pc - codeBegin));
        int index = found >= 0 ? found : -found - 1;
        return index < offsets.length ? scopes[index] : 0;
    }

    /** About what it takes. */
    public long memoryBytes() {
        return OBJECT_BYTES + 2L * Integer.BYTES * offsets.length;
    }
}
