package dev.sonde.symbolizer.symbols;

/** A referee's answer: the linked name at an address, or an empty one. */
record NamedAddress(long address, String name) {}
