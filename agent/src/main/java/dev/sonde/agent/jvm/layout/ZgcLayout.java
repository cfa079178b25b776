package dev.sonde.agent.jvm.layout;

import dev.sonde.agent.jvm.memory.ProcessReadException;

/**
 * Where ZGC tells what the colours of its references mean, and where objects were moved to: its variables for debuggers
 * (gc/z/vmStructs_z.hpp; of the ZGC without generations, JDK 21 to 23: gc/x/vmStructs_x.hpp), a structure of pointers to
 * them. The members but the first and the last are offsets in it, or ABSENT.
 *
 * @param globals address of the pointer to the structure, or ABSENT_ADDRESS
 * @param badMask the pointer to the bits that are set in a reference that has to be looked up first
 * @param shift the same to the number of bits below the address in one that has not; ABSENT without generations
 * @param offsetMask the same to the bits of an address that are its offset in the heap
 * @param weakBadMask without generations: the same to the bits of a reference whose object may have been moved
 * @param goodMask without generations: the same to the bits of a good reference
 * @param forwardings where objects were moved to; null where that is not known
 */
public record ZgcLayout(
        long globals, int badMask, int shift, int offsetMask, int weakBadMask, int goodMask, Forwardings forwardings) {

    private static final ZgcLayout NONE = new ZgcLayout(
            VmLayout.ABSENT_ADDRESS,
            VmLayout.ABSENT,
            VmLayout.ABSENT,
            VmLayout.ABSENT,
            VmLayout.ABSENT,
            VmLayout.ABSENT,
            null);

    private static final String WITHOUT_GENERATIONS = "X";
    private static final String WITH_GENERATIONS = "Z";

    /**
     * The forwardings of pieces of the heap (gc/z/zForwardingTable.hpp, zForwarding.hpp).
     *
     * @param heap address of Universe::_collectedHeap, a pointer
     * @param table in the heap: without generations the pointer to the forwardings by piece; with them the page table,
     *     to which a generation has a pointer just before its forwarding table
     * @param generations null where there are none
     * @param granuleBits the size of a piece, as a power of two
     * @param start in a forwarding: where its piece begins, an offset in the heap
     * @param alignment in a forwarding: its objects' alignment, as a power of two
     * @param length in a forwarding: the number of its entries
     * @param bytes the size of a forwarding: the entries follow it
     */
    public record Forwardings(
            long heap,
            int table,
            Generations generations,
            int granuleBits,
            int start,
            int alignment,
            int length,
            int bytes) {

        /** Null where the tables lack any of it: objects that ZGC may have moved are not looked for then. */
        private static Forwardings read(VmStructs s, SymbolValues symbols, String zgc) {
            boolean withGenerations = zgc.equals(WITH_GENERATIONS);
            Generations generations = withGenerations ? Generations.read(s, symbols) : null;
            if (withGenerations && generations == null) {
                return null;
            }
            try {
                int heap = s.offset(zgc + "CollectedHeap::_heap");
                return new Forwardings(
                        s.staticAddress("Universe::_collectedHeap"),
                        withGenerations
                                ? heap + s.offset("ZHeap::_page_table")
                                : heap + s.offset("XHeap::_forwarding_table") + mapOffset(s, zgc),
                        generations,
                        (int) s.constant(zgc + "GranuleSizeShift"),
                        s.offset(zgc + "Forwarding::_virtual") + s.offset(zgc + "VirtualMemory::_start"),
                        s.offset(zgc + "Forwarding::_object_alignment_shift"),
                        s.offset(zgc + "Forwarding::_entries") + s.offset(zgc + "AttachedArrayForForwarding::_length"),
                        s.size(zgc + "Forwarding"));
            } catch (VmLayoutException e) {
                return null;
            }
        }
    }

    /**
     * What only libjvm's symbols tell of ZGC's generations (gc/z/zGeneration.hpp, zAddress.hpp).
     *
     * @param young address of ZGeneration::_young, a pointer
     * @param old address of ZGeneration::_old, a pointer
     * @param youngColours address of ZPointerRemappedYoungMask: the colours that are good for the young generation
     * @param oldColours address of ZPointerRemappedOldMask
     * @param map in a forwarding table: the pointer to the forwardings by piece
     */
    public record Generations(long young, long old, long youngColours, long oldColours, int map) {

        private static Generations read(VmStructs s, SymbolValues symbols) {
            long young = symbols.address("_ZN11ZGeneration6_youngE");
            long old = symbols.address("_ZN11ZGeneration4_oldE");
            long youngColours = symbols.address("ZPointerRemappedYoungMask");
            long oldColours = symbols.address("ZPointerRemappedOldMask");
            if (young == VmLayout.ABSENT_ADDRESS
                    || old == VmLayout.ABSENT_ADDRESS
                    || youngColours == VmLayout.ABSENT_ADDRESS
                    || oldColours == VmLayout.ABSENT_ADDRESS) {
                return null;
            }
            try {
                return new Generations(young, old, youngColours, oldColours, mapOffset(s, WITH_GENERATIONS));
            } catch (VmLayoutException e) {
                return null;
            }
        }
    }

    private static int mapOffset(VmStructs s, String zgc) throws VmLayoutException {
        return s.offset(zgc + "ForwardingTable::_map") + s.offset(zgc + "GranuleMapForForwarding::_map");
    }

    static ZgcLayout read(VmStructs s, SymbolValues symbols) throws VmLayoutException, ProcessReadException {
        if (!s.isFlagSet("UseZGC")) {
            return NONE;
        }
        String old = "XGlobalsForVMStructs::";
        if (s.has(old + "_XAddressBadMask") && !s.isFlagSet("ZGenerational")) {
            return new ZgcLayout(
                    s.staticAddress(old + "_instance_p"),
                    s.offset(old + "_XAddressBadMask"),
                    VmLayout.ABSENT,
                    s.offsetOrAbsent(old + "_XAddressOffsetMask"),
                    s.offsetOrAbsent(old + "_XAddressWeakBadMask"),
                    s.offsetOrAbsent(old + "_XAddressGoodMask"),
                    Forwardings.read(s, symbols, WITHOUT_GENERATIONS));
        }
        String globals = "ZGlobalsForVMStructs::";
        if (!s.has(globals + "_ZPointerLoadBadMask")) {
            return NONE;
        }
        return new ZgcLayout(
                s.staticAddress(globals + "_instance_p"),
                s.offset(globals + "_ZPointerLoadBadMask"),
                s.offset(globals + "_ZPointerLoadShift"),
                s.offsetOrAbsent(globals + "_ZAddressOffsetMask"),
                VmLayout.ABSENT,
                VmLayout.ABSENT,
                Forwardings.read(s, symbols, WITH_GENERATIONS));
    }
}
