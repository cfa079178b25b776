package dev.sonde.symbolizer.cfi.dwarf;

import java.io.IOException;

/** The FDEs of a section by ascending function address. */
interface FunctionOrder {

    /** How many there are. */
    long size();

    /** The ELF virtual address where the function of an FDE starts. */
    long start(long index) throws IOException;

    /** The offset of that FDE in its section. */
    long entry(long index) throws IOException;

    /** Whether every FDE was read and found sound when the order was made. */
    boolean isSorted();

    /** The order of .eh_frame_hdr, read as it is needed. */
    record Header(EhFrameHeader header, long sectionAddress) implements FunctionOrder {
        @Override
        public boolean isSorted() {
            return false;
        }

        @Override
        public long size() {
            return header.count();
        }

        @Override
        public long start(long index) throws IOException {
            return header.functionAddress(index);
        }

        @Override
        public long entry(long index) throws IOException {
            return header.entryAddress(index) - sectionAddress;
        }
    }
}
