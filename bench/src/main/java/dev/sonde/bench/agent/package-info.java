/** What the agent costs, and whether it counts every tick. */
package dev.sonde.bench.agent;
