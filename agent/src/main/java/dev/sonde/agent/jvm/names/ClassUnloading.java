package dev.sonde.agent.jvm.names;

import dev.sonde.agent.jvm.layout.VmLayout;
import dev.sonde.agent.jvm.memory.ProcessMemory;
import dev.sonde.agent.jvm.memory.ProcessReadException;
import java.util.Arrays;

/**
 * Tells once a round whether the memory of methods may have been given to others since it was told last: methods go with
 * their classes, which the JVM counts before it frees them (services/classLoadingService.cpp). One thread at a time.
 */
final class ClassUnloading {

    /** Old versions of redefined methods go without being counted. */
    private static final long UNCHECKED_NANOS = 6_000_000_000L;

    private final ProcessMemory memory;
    private final long counter;
    private final byte[] last = new byte[Long.BYTES];
    private final byte[] now = new byte[Long.BYTES];
    private long checkedNanos = System.nanoTime();
    private boolean told;

    ClassUnloading(ProcessMemory memory, long counter) {
        this.memory = memory;
        this.counter = counter;
    }

    /** From now on it is asked again. */
    void beginRound() {
        told = false;
    }

    /** Told once a round, when it is asked first: most rounds ask for nothing that was not named before. */
    boolean mayHaveHappened() {
        if (told) {
            return false;
        }
        told = true;
        long nanos = System.nanoTime();
        if (counter == VmLayout.ABSENT_ADDRESS || nanos - checkedNanos >= UNCHECKED_NANOS) {
            checkedNanos = nanos;
            return true;
        }
        return hasCounted();
    }

    private boolean hasCounted() {
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
