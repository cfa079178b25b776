package dev.sonde.symbolizer.cfi;

import java.util.Arrays;

/**
 * Numbers distinct rules: those of one file, or those of every file loaded. Numbers are 16 bits in rows; 0 to 2 are
 * {@link UnwindRule#UNCOVERED}, {@link UnwindRule#BROKEN} and {@link UnwindRule#UNSUPPORTED}. One thread at a time.
 */
public final class UnwindRules {

    /** What the 16 bits of a row can number. */
    public static final int MAX_RULES = 1 << 16;

    /** Number of {@link UnwindRule#UNCOVERED}. */
    public static final int UNCOVERED = 0;
    /** Number of {@link UnwindRule#BROKEN}. */
    public static final int BROKEN = 1;
    /** Number of {@link UnwindRule#UNSUPPORTED}. */
    public static final int UNSUPPORTED = 2;

    private long[] lows = new long[64];
    private long[] highs = new long[64];
    private int[] slots = new int[256];
    private int size;

    /** A set that holds the three fixed rules. */
    public UnwindRules() {
        intern(UnwindRule.UNCOVERED);
        intern(UnwindRule.BROKEN);
        intern(UnwindRule.UNSUPPORTED);
    }

    /** How many there are; their numbers run from 0. */
    public int size() {
        return size;
    }

    /** The rule of a number. */
    public UnwindRule get(int number) {
        if (number < 0 || number >= size) {
            throw new IndexOutOfBoundsException("rule: " + number + " (expected: 0 to " + (size - 1) + ")");
        }
        return new UnwindRule(lows[number], highs[number]);
    }

    /** The number of a rule, a new one where it is new; -1 when all numbers are taken. */
    public int intern(UnwindRule rule) {
        return intern(rule.low(), rule.high());
    }

    /** The same of a rule's two words. */
    public int intern(long low, long high) {
        int slot = slot(low, high, slots);
        if (slots[slot] != 0) {
            return slots[slot] - 1;
        }
        if (size == MAX_RULES) {
            return -1;
        }
        if (size == lows.length) {
            lows = Arrays.copyOf(lows, size * 2);
            highs = Arrays.copyOf(highs, size * 2);
        }
        lows[size] = low;
        highs[size] = high;
        slots[slot] = ++size;
        if (size * 2 > slots.length) {
            rehash();
        }
        return size - 1;
    }

    private void rehash() {
        int[] larger = new int[slots.length * 2];
        for (int number = 0; number < size; number++) {
            larger[slot(lows[number], highs[number], larger)] = number + 1;
        }
        slots = larger;
    }

    /** Where the rule stands, or the free place where it would; at most half of the places are taken. */
    private int slot(long low, long high, int[] table) {
        long hash = ((low * 0x9e37_79b9_7f4a_7c15L) ^ high) * 0xbf58_476d_1ce4_e5b9L;
        int slot = (int) (hash >>> 32) & (table.length - 1);
        while (table[slot] != 0 && (lows[table[slot] - 1] != low || highs[table[slot] - 1] != high)) {
            slot = (slot + 1) & (table.length - 1);
        }
        return slot;
    }
}
