/** What names a state of a mapped file, and the tables of its code, on both sides of the kernel's border. */
package dev.sonde.agent.kernel.code;
