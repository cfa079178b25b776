/** What the benchmarks share: processes of ours, load, what the kernel says of a process, the table. */
package dev.sonde.bench.harness;
