/**
 * The kernel's side of sampling: loads the sampler of module {@code bpf}, gives every CPU its clock event and reads the
 * ring buffer. {@link dev.sonde.agent.kernel.Sampler} is the way in.
 */
package dev.sonde.agent.kernel;
