/**
 * The Java virtual machines of this machine: found when they begin, read from outside while they run, forgotten when they
 * end. What is read is in the packages below; here is the life of a JVM in the agent.
 */
package dev.sonde.agent.jvm;
