/** What a few functions do to the stack is told by their instructions: nobody wrote it down. */
package dev.sonde.symbolizer.cfi.code;
