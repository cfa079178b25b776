package dev.sonde.agent.jvm.names;

import dev.sonde.agent.jvm.layout.VmLayout;
import dev.sonde.agent.jvm.memory.ProcessMemory;
import dev.sonde.agent.jvm.memory.ProcessReadException;
import java.util.Arrays;

/**
 * Tells whether the memory of methods may have been given to others since it was asked last: methods go with their classes,
 * which the JVM counts before it frees them (services/classLoadingService.cpp). One thread at a time.
 */
final class ClassUnloading {

    /** Old versions of redefined methods go without being counted. At 10 rounds a second this is once in 6 s. */
    private static final int ROUNDS_UNCHECKED = 64;

    private final ProcessMemory memory;
    private final long counter;
    private final byte[] last = new byte[Long.BYTES];
    private final byte[] now = new byte[Long.BYTES];
    private int rounds;

    ClassUnloading(ProcessMemory memory, long counter) {
        this.memory = memory;
        this.counter = counter;
    }

    boolean mayHaveHappened() {
        if (counter == VmLayout.ABSENT_ADDRESS || ++rounds >= ROUNDS_UNCHECKED) {
            rounds = 0;
            return true;
        }
        try {
            memory.read(counter, now, 0, now.length);
        } catch (ProcessReadException e) {
            return true;
        }
        if (Arrays.equals(last, now)) {
            return false;
        }
        System.arraycopy(now, 0, last, 0, now.length);
        return true;
    }
}
