package dev.sonde.agent.jvm.decode;

import dev.sonde.symbolizer.cfi.UnwindRule;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;

/** The rules of a blob's code by ascending offset, and how much of it they cover. */
final class CodeRules {

    private int[] offsets = new int[32];
    private final List<UnwindRule> rules = new ArrayList<>();
    private final Map<UnknownCode, Long> unknownBytes = new EnumMap<>(UnknownCode.class);
    private long knownBytes;
    private long paddingBytes;

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
        unknownBytes.merge(reason, (long) bytes, Long::sum);
    }

    /** What is never run has no rule of its own. */
    void padding(int bytes) {
        paddingBytes += bytes;
    }

    private void row(int offset, UnwindRule rule) {
        if (!rules.isEmpty() && rules.getLast().equals(rule)) {
            return;
        }
        if (rules.size() == offsets.length) {
            offsets = Arrays.copyOf(offsets, offsets.length * 2);
        }
        offsets[rules.size()] = offset;
        rules.add(rule);
    }

    int rows() {
        return rules.size();
    }

    int offset(int row) {
        return offsets[row];
    }

    UnwindRule rule(int row) {
        return rules.get(row);
    }

    long knownBytes() {
        return knownBytes;
    }

    long paddingBytes() {
        return paddingBytes;
    }

    long unknownBytes(UnknownCode reason) {
        return unknownBytes.getOrDefault(reason, 0L);
    }
}
