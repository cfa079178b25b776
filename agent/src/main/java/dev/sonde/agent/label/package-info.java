/** How a process is called in profiles: its service, version and further series labels, and whether it is left out. */
package dev.sonde.agent.label;
