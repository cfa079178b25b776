/** How good the stacks are, by process and by file: for whoever asks where they end early. */
package dev.sonde.agent.quality;
