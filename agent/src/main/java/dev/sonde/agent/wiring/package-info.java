/** Puts the parts together: what reads samples, what knows processes, what counts, what ships. */
package dev.sonde.agent.wiring;
