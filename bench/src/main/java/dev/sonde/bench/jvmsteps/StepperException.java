package dev.sonde.bench.jvmsteps;

import java.io.IOException;

/** A process may not be stopped: ptrace(2) is not allowed here. */
final class StepperException extends IOException {

    private static final long serialVersionUID = 1L;

    StepperException(int pid) {
        super("process " + pid + ": ptrace is refused (expected: the right to trace one's own processes)");
    }
}
