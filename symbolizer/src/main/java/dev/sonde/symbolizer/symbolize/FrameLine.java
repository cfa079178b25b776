package dev.sonde.symbolizer.symbolize;

/**
 * One function at an address. Where functions are inlined an address has several lines, the innermost first, as in
 * pprof's Location.
 *
 * @param name the demangled name
 * @param systemName the name as linked
 */
public record FrameLine(String name, String systemName) {}
