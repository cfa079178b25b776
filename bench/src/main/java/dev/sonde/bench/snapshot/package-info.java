/**
 * Stacks as they were found, in small files: registers, memory and pieces of unwind tables, with the callers that a
 * shadow stack knew. They are replayed by a test, and damaged by the fuzzer.
 */
package dev.sonde.bench.snapshot;
