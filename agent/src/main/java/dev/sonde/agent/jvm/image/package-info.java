/** What the unwinder is told of a JVM: the table of the code that stays, and where the rest is found. */
package dev.sonde.agent.jvm.image;
