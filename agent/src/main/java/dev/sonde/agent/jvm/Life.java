package dev.sonde.agent.jvm;

import dev.sonde.agent.mapping.LivingThread;
import java.nio.file.Path;
import java.util.OptionalInt;

/** Whether a process still runs the program that it ran when it was met. One thread at a time. */
final class Life {

    private final Path proc;
    private final int pid;
    private StartTime first;
    private int thread;

    Life(Path proc, int pid) {
        this.proc = proc;
        this.pid = pid;
    }

    /** Looks; false when the process is gone, or runs another program. */
    boolean goesOn() {
        OptionalInt living = LivingThread.of(proc, pid);
        StartTime now = living.isEmpty() ? null : StartTime.read(proc, living.getAsInt());
        if (now == null) {
            return false;
        }
        if (first == null) {
            first = now;
        }
        thread = living.getAsInt();
        // A thread other than the first began later than its process.
        boolean same = thread != pid || now.startTicks() == first.startTicks();
        return same && now.stackTop() == first.stackTop();
    }

    /** A thread of it that had not ended when it was looked at last. */
    int thread() {
        return thread;
    }

    /** The stack pointer with which its program was started. */
    long stackTop() {
        return first.stackTop();
    }
}
