/** The threads of a JVM: what they are called and what they are there for. */
package dev.sonde.agent.jvm.thread;
