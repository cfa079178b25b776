/**
 * Stacks that the sampling program could not unwind for want of a table: copied by it, finished here by the same rules once
 * the table is there.
 */
package dev.sonde.agent.unwind.copied;
