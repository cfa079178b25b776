package dev.sonde.agent.jvm.decode;

import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/**
 * How much of a JVM's stable code has rules.
 *
 * @param blobs the same of blobs by name
 */
public record Coverage(List<Entry> blobs) {

    /**
     * Blobs of a name, together.
     *
     * @param count how many blobs
     * @param knownBytes code with a rule
     * @param paddingBytes what stands between functions and is not run
     * @param noRuleBytes code whose stack is not known
     * @param notReachedBytes tables, and code that no entry leads to
     * @param tooLargeBytes code beyond what is decoded
     */
    public record Entry(
            String name,
            int count,
            long knownBytes,
            long paddingBytes,
            long noRuleBytes,
            long notReachedBytes,
            long tooLargeBytes) {

        Entry plus(CodeRules rules) {
            return new Entry(
                    name,
                    count + 1,
                    knownBytes + rules.knownBytes(),
                    paddingBytes + rules.paddingBytes(),
                    noRuleBytes + rules.unknownBytes(UnknownCode.NO_RULE),
                    notReachedBytes + rules.unknownBytes(UnknownCode.NOT_REACHED),
                    tooLargeBytes + rules.unknownBytes(UnknownCode.TOO_LARGE));
        }

        /** All that could be run and has no rule. */
        public long unknownBytes() {
            return noRuleBytes + notReachedBytes + tooLargeBytes;
        }
    }

    public Coverage {
        blobs = List.copyOf(blobs);
    }

    /** All blobs together. */
    public Entry total() {
        Entry total = new Entry("total", 0, 0, 0, 0, 0, 0);
        for (Entry entry : blobs) {
            total = new Entry(
                    total.name,
                    total.count + entry.count,
                    total.knownBytes + entry.knownBytes,
                    total.paddingBytes + entry.paddingBytes,
                    total.noRuleBytes + entry.noRuleBytes,
                    total.notReachedBytes + entry.notReachedBytes,
                    total.tooLargeBytes + entry.tooLargeBytes);
        }
        return total;
    }

    /** Collects the blobs' figures. */
    static final class Sum {
        private final Map<String, Entry> byName = new TreeMap<>();

        void add(StableBlob blob, CodeRules rules) {
            Entry sum = byName.getOrDefault(blob.name(), new Entry(blob.name(), 0, 0, 0, 0, 0, 0));
            byName.put(blob.name(), sum.plus(rules));
        }

        /** Those with most unknown code first. */
        Coverage coverage() {
            return new Coverage(byName.values().stream()
                    .sorted(Comparator.comparingLong(Entry::unknownBytes).reversed())
                    .toList());
        }
    }
}
