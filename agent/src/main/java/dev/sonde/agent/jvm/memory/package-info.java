/**
 * Memory of another process, read from outside by process_vm_readv(2) without stopping it. What is read may be half
 * written, or a lie: whoever interprets it checks every count, length and pointer.
 */
package dev.sonde.agent.jvm.memory;
