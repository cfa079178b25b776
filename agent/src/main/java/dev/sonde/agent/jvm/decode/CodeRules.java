package dev.sonde.agent.jvm.decode;

import dev.sonde.symbolizer.cfi.UnwindRule;
import java.util.Arrays;

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

    /** Has a rule begin at an offset behind those before; one that is equal to the last goes on. */
    void row(int offset, UnwindRule rule) {
        if (rows > 0 && rules[rows - 1].equals(rule)) {
            return;
        }
        if (rows == offsets.length) {
            offsets = Arrays.copyOf(offsets, 2 * rows);
            rules = Arrays.copyOf(rules, 2 * rows);
        }
        offsets[rows] = offset;
        rules[rows] = rule;
        rows++;
    }

    /**
     * How many bytes of a blob there are of each kind.
     *
     * @param known with a rule
     */
    record Bytes(int known, int padding, int noRule, int notReached, int tooLarge) {}

    Bytes bytes() {
        return new Bytes(
                (int) knownBytes, (int) paddingBytes, (int) noRuleBytes, (int) notReachedBytes, (int) tooLargeBytes);
    }

    /** Takes over what was counted before. */
    void bytes(Bytes counted) {
        knownBytes = counted.known();
        paddingBytes = counted.padding();
        noRuleBytes = counted.noRule();
        notReachedBytes = counted.notReached();
        tooLargeBytes = counted.tooLarge();
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
