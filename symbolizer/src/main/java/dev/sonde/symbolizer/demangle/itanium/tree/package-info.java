/** The parts of a demangled name, and what stands where there is none. */
package dev.sonde.symbolizer.demangle.itanium.tree;
