/** Function symbols of ELF files: which name covers an address, and the small file that carries just that. */
package dev.sonde.symbolizer.symbols;
