/** What the kernel's own files tell of the machine: CPUs that run, settings. */
package dev.sonde.agent.kernel.sys;
