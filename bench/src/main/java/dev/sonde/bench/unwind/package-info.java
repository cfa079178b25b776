/** What unwinding costs and needs. */
package dev.sonde.bench.unwind;
