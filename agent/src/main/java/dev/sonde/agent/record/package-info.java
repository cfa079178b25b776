/** One-shot recordings: a process, its children or the whole machine into one file with names, without a server. */
package dev.sonde.agent.record;
