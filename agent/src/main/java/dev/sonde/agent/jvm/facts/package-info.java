/** What a JVM tells of itself: the performance data that it keeps for jstat, and the jar that it runs. */
package dev.sonde.agent.jvm.facts;
