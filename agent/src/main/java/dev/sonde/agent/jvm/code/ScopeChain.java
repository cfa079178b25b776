package dev.sonde.agent.jvm.code;

import dev.sonde.agent.jvm.memory.ProcessReadException;

/** The methods that one place in compiled code stands for, innermost first. Reused from place to place. */
public final class ScopeChain {

    /**
     * MaxInlineLevel is 15, MaxForceInlineLevel 100 (opto/c2_globals.hpp), and one may continue the other; 17 was the
     * deepest measured.
     */
    static final int MAX_DEPTH = 256;

    private final long[] methods = new long[MAX_DEPTH];
    private final int[] bcis = new int[MAX_DEPTH];
    private int depth;

    void clear() {
        depth = 0;
    }

    void add(long method, int bci) throws ProcessReadException {
        if (depth == MAX_DEPTH) {
            throw ProcessReadException.implausible("depth of inlining", depth + 1L, "at most " + MAX_DEPTH);
        }
        methods[depth] = method;
        bcis[depth++] = bci;
    }

    /** How many there are; the last is the compiled method itself. 0 where the place has no debug information. */
    public int depth() {
        return depth;
    }

    /** The Method* of a level. */
    public long method(int level) {
        return methods[level];
    }

    /** The bytecode index at a level; -1 stands for the method's entry, before its first bytecode. */
    public int bci(int level) {
        return bcis[level];
    }
}
