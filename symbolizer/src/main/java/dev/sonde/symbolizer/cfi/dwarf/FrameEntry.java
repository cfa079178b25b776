package dev.sonde.symbolizer.cfi.dwarf;

/**
 * The head of one entry of .eh_frame or .debug_frame. Positions are offsets in the section.
 *
 * @param start where its length stands
 * @param content the first byte after the CIE pointer or id
 * @param end the first byte after it
 * @param cie where its CIE starts; -1 where it is one
 * @param wide whether it is of the 64-bit format
 */
record FrameEntry(long start, long content, long end, long cie, boolean wide) {

    boolean isCie() {
        return cie < 0;
    }
}
