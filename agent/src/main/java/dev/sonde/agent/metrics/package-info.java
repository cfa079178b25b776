/** The agent's own metrics in Prometheus' text format, over HTTP. */
package dev.sonde.agent.metrics;
