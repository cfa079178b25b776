package dev.sonde.agent.jvm.code;

import dev.sonde.agent.jvm.memory.ProcessReadException;

/** The places in compiled code for which something is recorded (PcDesc), ascending. */
interface PcOffsets {

    /** How many there are. */
    int count();

    /** One of them, from the code's start; the first and last are no places. */
    int pcOffset(int index) throws ProcessReadException;

    /**
     * Which one a place belongs to: one that runs to the first at or behind it, a return address to its own.
     *
     * @param offset from the code's start
     * @param leaf whether it runs
     * @return the count where there is none
     */
    default int find(long offset, boolean leaf) throws ProcessReadException {
        int index = firstAtOrAfter(offset);
        // A frame that a signal interrupted comes as one behind its instruction, as a return address is; nothing is
        // recorded there, but perhaps at the instruction.
        return leaf || (index < count() && pcOffset(index) == offset) ? index : firstAtOrAfter(offset - 1);
    }

    private int firstAtOrAfter(long offset) throws ProcessReadException {
        int low = 0;
        int high = count();
        while (low < high) {
            int middle = (low + high) >>> 1;
            if (pcOffset(middle) < offset) {
                low = middle + 1;
            } else {
                high = middle;
            }
        }
        return low;
    }
}
