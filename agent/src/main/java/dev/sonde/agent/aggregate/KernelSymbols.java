package dev.sonde.agent.aggregate;

/** Names kernel code. */
public interface KernelSymbols {

    /** The location of a kernel address, in {@code [kernel]} or {@code [bpf]}. */
    CodeLocation of(long address);
}
