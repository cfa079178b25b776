/** From the mangled text to its tree: a parser for each family of the grammar's rules (Itanium C++ ABI, 5.1). */
package dev.sonde.symbolizer.demangle.itanium.parse;
