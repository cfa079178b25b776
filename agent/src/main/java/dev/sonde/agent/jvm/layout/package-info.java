/**
 * How one HotSpot JVM lays out its memory, learnt from the tables that its libjvm exports for the Serviceability Agent
 * (src/hotspot/share/runtime/vmStructs.hpp): every offset, size and constant comes from there. What they lack is told
 * by libjvm's symbols. Versions are told apart by the fields that are present, not by number.
 */
package dev.sonde.agent.jvm.layout;
