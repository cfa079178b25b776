/** What the unwinder is told of a JVM: its layout and its code, as unwind/hotspot_format.h has them. */
package dev.sonde.agent.jvm.unwind;
