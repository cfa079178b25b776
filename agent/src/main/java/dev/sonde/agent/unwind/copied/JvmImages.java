package dev.sonde.agent.unwind.copied;

import dev.sonde.agent.kernel.code.JvmImage;

/** Who knows JVMs. From any thread. */
public interface JvmImages {

    /** Stands for a program of which it is not known with which stack pointer it was started. */
    long ANY_STACK_TOP = 0;

    /**
     * What the unwinder is told of the JVM of a process; null where none is known.
     *
     * @param stackTop the stack pointer with which its program was started (startstack of proc_pid_stat(5)): another
     *     program in the same process has another; or {@link #ANY_STACK_TOP}
     */
    JvmImage image(int pid, long processStartNanos, long stackTop);

    /** Whether a process may have a JVM that is not known yet, but will be. */
    boolean mayCome(int pid, long processStartNanos);

    /** One that knows none. */
    static JvmImages none() {
        return new JvmImages() {
            @Override
            public JvmImage image(int pid, long processStartNanos, long stackTop) {
                return null;
            }

            @Override
            public boolean mayCome(int pid, long processStartNanos) {
                return false;
            }
        };
    }
}
