/** {@code ./sonde bench NAME}: one benchmark, printed as one table. */
package dev.sonde.bench.cli;
