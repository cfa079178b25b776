package dev.sonde.symbolizer.symbols;

/**
 * A function as the symbol table names it.
 *
 * @param name the name as linked, without its symbol version; not demangled
 * @param address ELF virtual address of its first byte
 * @param sizeBytes its length, up to the next symbol where the table states none
 */
public record Symbol(String name, long address, long sizeBytes) {}
