package dev.sonde.agent.jvm.thread;

/**
 * A thread that Java code runs on.
 *
 * @param tid the kernel's number of it
 * @param name java.lang.Thread's; empty where it could not be read
 */
public record JavaThread(int tid, String name) {}
