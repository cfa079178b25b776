/** From the frame information of mapped files to unwind tables in the kernel. */
package dev.sonde.agent.unwind;
