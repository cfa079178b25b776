/**
 * Names what runs in one HotSpot JVM, from outside: methods, classes, files and lines of interpreter frames, compiled
 * frames with what was inlined into them, and stubs. A name is given only when what the sample saw is still there; what
 * differs from run to run is left out of it.
 */
package dev.sonde.agent.jvm.names;
