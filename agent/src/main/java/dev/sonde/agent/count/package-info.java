/** Counting what happened by reason, so that the wiring can turn each reason into a metric. */
package dev.sonde.agent.count;
