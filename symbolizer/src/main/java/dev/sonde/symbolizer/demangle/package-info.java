/** Names as their authors wrote them, out of names as the linker has them. */
package dev.sonde.symbolizer.demangle;
