/** Who a sampled pid is: what {@code /proc} tells of a process, kept as long as it is asked for. */
package dev.sonde.agent.process;
