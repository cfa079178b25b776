/**
 * The code cache of one HotSpot JVM, read from outside: its heaps, the blobs in them, and what the instructions of
 * compiled methods stand for. The JVM goes on meanwhile: what was read may be half changed, so every number is checked
 * before it is used, and nothing read is trusted to end.
 */
package dev.sonde.agent.jvm.code;
