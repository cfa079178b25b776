package dev.sonde.server.store.dictionary;

/**
 * What the dictionaries of one day may hold. They are in memory; at these bounds a day takes about 600 MB. An append that
 * needs more is refused.
 *
 * @param stackNodes nodes of the stack tree (16 bytes each)
 * @param locations locations, functions, mappings: each at most this many (a location 40 bytes, the others about 150)
 * @param labelSets sets of sample labels
 * @param series series
 * @param profiles profiles (16 bytes each)
 */
public record DictionaryLimits(int stackNodes, int locations, int labelSets, int series, int profiles) {

    /**
     * 8 M stack nodes, 3.6 times those of the 300,000 stacks of a large site; 2 M locations; 4 M profiles, which 485 series
     * send that send every 10 s.
     */
    public static DictionaryLimits defaults() {
        return new DictionaryLimits(8 << 20, 2 << 20, 1 << 18, 1 << 17, 4 << 20);
    }
}
