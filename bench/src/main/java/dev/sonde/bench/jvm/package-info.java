/** Java programs of known shares and known calls, recorded as a user would, on all JVMs that can be had. */
package dev.sonde.bench.jvm;
