package dev.sonde.agent.jvm.decode;

import dev.sonde.symbolizer.cfi.UnwindRule;
import java.util.Arrays;
import java.util.Map;

/** The rules of a blob's code by ascending offset, and how much of it they cover. */
final class CodeRules {

    private static final int FEW = 8;

    private int[] offsets = new int[FEW];
    private UnwindRule[] rules = new UnwindRule[FEW];
    private int rows;
    private long knownBytes;
    private long paddingBytes;
    private long noRuleBytes;
    private long notReachedBytes;
    private long tooLargeBytes;

    /** One rule for all of a blob's bytes. */
    static CodeRules whole(UnwindRule rule, int bytes) {
        CodeRules whole = new CodeRules();
        whole.known(0, bytes, rule);
        return whole;
    }

    /** A blob of which nothing is known. */
    static CodeRules unknown(UnknownCode reason, int bytes) {
        CodeRules unknown = new CodeRules();
        unknown.unknown(0, bytes, reason);
        return unknown;
    }

    void known(int offset, int bytes, UnwindRule rule) {
        row(offset, rule);
        knownBytes += bytes;
    }

    void unknown(int offset, int bytes, UnknownCode reason) {
        // Uncovered is what nobody looked at; the code heap may still tell what to do there.
        row(offset, reason == UnknownCode.TOO_LARGE ? UnwindRule.UNCOVERED : UnwindRule.UNSUPPORTED);
        switch (reason) {
            case NO_RULE -> noRuleBytes += bytes;
            case NOT_REACHED -> notReachedBytes += bytes;
            case TOO_LARGE -> tooLargeBytes += bytes;
        }
    }

    /** What is never run has no rule of its own. */
    void padding(int bytes) {
        paddingBytes += bytes;
    }

    private void row(int offset, UnwindRule rule) {
        if (rows > 0 && rules[rows - 1].equals(rule)) {
            return;
        }
        if (rows == offsets.length) {
            resize(rows * 2);
        }
        offsets[rows] = offset;
        rules[rows] = rule;
        rows++;
    }

    private void resize(int room) {
        offsets = Arrays.copyOf(offsets, room);
        rules = Arrays.copyOf(rules, room);
    }

    /**
     * The same, to be kept for long: in no more room than it takes, and with one object for equal rules.
     *
     * @param pool rules by themselves, to which those that are new are added
     */
    CodeRules compact(Map<UnwindRule, UnwindRule> pool) {
        resize(rows);
        for (int i = 0; i < rows; i++) {
            UnwindRule known = pool.putIfAbsent(rules[i], rules[i]);
            rules[i] = known == null ? rules[i] : known;
        }
        return this;
    }

    int rows() {
        return rows;
    }

    int offset(int row) {
        return offsets[row];
    }

    UnwindRule rule(int row) {
        return rules[row];
    }

    long knownBytes() {
        return knownBytes;
    }

    long paddingBytes() {
        return paddingBytes;
    }

    long unknownBytes(UnknownCode reason) {
        return switch (reason) {
            case NO_RULE -> noRuleBytes;
            case NOT_REACHED -> notReachedBytes;
            case TOO_LARGE -> tooLargeBytes;
        };
    }
}
