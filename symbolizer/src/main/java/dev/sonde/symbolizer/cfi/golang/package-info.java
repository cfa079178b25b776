/**
 * Go's own tables of functions and frame sizes (.gopclntab, runtime/symtab.go), turned into rows: Go programs carry no
 * .eh_frame for Go code, and their .debug_frame is often stripped.
 */
package dev.sonde.symbolizer.cfi.golang;
