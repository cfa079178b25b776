/**
 * Call frame information (DWARF 5, section 6.4; LSB 5.0, section 10.6) of .eh_frame and .debug_frame, turned into rows. An
 * entry that is broken is counted and costs its function; time is bounded by the bytes of the section.
 */
package dev.sonde.symbolizer.cfi.dwarf;
