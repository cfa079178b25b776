/** The commands of the agent's program. */
package dev.sonde.agent.cli;
