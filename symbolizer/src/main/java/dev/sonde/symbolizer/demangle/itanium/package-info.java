/**
 * C++ names as the Itanium C++ ABI mangles them (section 5.1), parsed into a tree and printed in the form that LLVM's
 * tools use. A mangled name comes from a hostile file, so depth, work and output are bounded.
 */
package dev.sonde.symbolizer.demangle.itanium;
