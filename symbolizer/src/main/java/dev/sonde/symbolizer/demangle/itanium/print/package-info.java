/** From the tree to a declaration as C++ writes it, in the form of LLVM's tools. */
package dev.sonde.symbolizer.demangle.itanium.print;
