package dev.sonde.symbolizer.cfi.dwarf;

/**
 * What a common information entry says for its FDEs.
 *
 * @param codeAlignment factor of location advances
 * @param dataAlignment factor of saved-register offsets
 * @param returnRegister the column of the return address
 * @param pointerEncoding DW_EH_PE encoding of the FDEs' addresses
 * @param hasAugmentationData whether FDEs carry a length and data before their instructions
 * @param signalFrame whether its functions are signal frames ('S'), whose return address is no call's
 * @param initial the row that its instructions make
 */
record Cie(
        long codeAlignment,
        long dataAlignment,
        long returnRegister,
        int pointerEncoding,
        boolean hasAugmentationData,
        boolean signalFrame,
        FrameState initial) {}
