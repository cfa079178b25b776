package dev.sonde.agent.jvm.names;

import dev.sonde.agent.jvm.code.CompressedNumbers;
import dev.sonde.agent.jvm.memory.MemoryPages;
import dev.sonde.agent.jvm.memory.ProcessReadException;

/**
 * Finds a line by its bytecode index in the compressed table behind a method's bytecodes (oops/method.cpp,
 * CompressedLineNumberReadStream): a byte with the difference of the index in its upper 5 bits and of the line in its
 * lower 3; 0xff: both follow as signed numbers; 0: the end. Entries need not ascend. One thread at a time.
 */
final class LineNumbers {

    private static final int ESCAPE = 0xff;
    private static final int LINE_BITS = 3;

    /** As many entries as there are bytecode indices (JVMS 4.7.12 allows more, which nothing writes). */
    private static final int MAX_ENTRIES = 1 << 16;

    private final CompressedNumbers numbers;

    LineNumbers(MemoryPages pages, boolean excludesZero) {
        numbers = new CompressedNumbers(pages, excludesZero);
    }

    /**
     * The line of a bytecode index: of the entry at it, else of the last before it.
     *
     * @param table where the table begins
     * @param end where the memory ends that it may take
     * @return 0 where no entry is before the index
     * @throws ProcessReadException when the table cannot be read or does not end
     */
    int line(long table, long end, int index) throws ProcessReadException {
        numbers.seek(table, end);
        int bci = 0;
        int line = 0;
        int bestBci = 0;
        int bestLine = 0;
        for (int entries = 0; entries < MAX_ENTRIES; entries++) {
            int next = numbers.nextByte();
            if (next == 0) {
                return Math.max(bestLine, 0);
            }
            if (next == ESCAPE) {
                bci += numbers.nextSigned();
                line += numbers.nextSigned();
            } else {
                bci += next >> LINE_BITS;
                line += next & ((1 << LINE_BITS) - 1);
            }
            if (bci == index) {
                return Math.max(line, 0);
            }
            if (bci < index && bci >= bestBci) {
                bestBci = bci;
                bestLine = line;
            }
        }
        throw ProcessReadException.implausible("line numbers", MAX_ENTRIES, "an end before");
    }
}
