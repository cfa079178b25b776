package dev.sonde.agent.aggregate;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.Provide;
import org.junit.jupiter.api.Test;

class SequenceTableTest {

    /** Few distinct words and short sequences, so that many are equal and many are prefixes of others. */
    @Provide
    Arbitrary<List<List<Long>>> sequences() {
        Arbitrary<Long> word = Arbitraries.of(0L, 1L, -1L, 1L << 32, Long.MIN_VALUE);
        return word.list().ofMaxSize(6).list().ofMaxSize(2000);
    }

    @Property(tries = 200)
    void givesEachDistinctSequenceOneIndexInTheOrderOfArrival(@ForAll("sequences") List<List<Long>> sequences) {
        SequenceTable table = new SequenceTable();
        for (int round = 0; round < 2; round++) {
            List<List<Long>> distinct = new ArrayList<>();
            for (List<Long> sequence : sequences) {
                int index = intern(table, sequence);
                if (index == distinct.size()) {
                    distinct.add(sequence);
                }
                assertThat(distinct.get(index)).isEqualTo(sequence);
            }
            assertThat(table.size()).isEqualTo(distinct.size());
            for (int i = 0; i < distinct.size(); i++) {
                assertThat(read(table, i)).isEqualTo(distinct.get(i));
            }
            table.clear();
            assertThat(table.size()).isZero();
        }
    }

    @Test
    void sequencesOfEqualHashAreToldApart() {
        SequenceTable table = new SequenceTable();
        assertThat(table.add(7, new long[] {1}, 1)).isZero();
        assertThat(table.find(7, new long[] {2}, 1)).isEqualTo(SequenceTable.NONE);
        assertThat(table.add(7, new long[] {2}, 1)).isEqualTo(1);
        assertThat(table.find(7, new long[] {1}, 1)).isZero();
        assertThat(table.find(7, new long[] {2}, 1)).isEqualTo(1);
    }

    @Test
    void growthIsToldBefore() {
        SequenceTable table = new SequenceTable();
        for (long i = 0; i < 3000; i++) {
            long[] words = new long[(int) (i % 50)];
            Arrays.fill(words, i);
            long told = table.bytesWith(words.length);
            table.add(SequenceTable.hash(words, words.length), words, words.length);
            assertThat(table.bytes()).isEqualTo(told);
        }
        assertThat(table.bytes()).isBetween(8L * 3000 * 24, 2 * 8L * 3000 * 28);
    }

    private static int intern(SequenceTable table, List<Long> sequence) {
        // Longer than the sequence, as the callers' buffers are.
        long[] words = new long[sequence.size() + 3];
        for (int i = 0; i < sequence.size(); i++) {
            words[i] = sequence.get(i);
        }
        long hash = SequenceTable.hash(words, sequence.size());
        int index = table.find(hash, words, sequence.size());
        return index == SequenceTable.NONE ? table.add(hash, words, sequence.size()) : index;
    }

    private static List<Long> read(SequenceTable table, int index) {
        List<Long> words = new ArrayList<>();
        for (int at = table.start(index); at < table.end(index); at++) {
            words.add(table.word(at));
        }
        return words;
    }
}
