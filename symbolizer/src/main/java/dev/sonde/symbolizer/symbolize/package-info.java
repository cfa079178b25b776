/** From addresses in a file to the names of what stands there. */
package dev.sonde.symbolizer.symbolize;
