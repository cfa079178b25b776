package dev.sonde.agent.unwind.copied;

import dev.sonde.agent.kernel.code.JvmImage;

/** Who knows JVMs. From any thread. */
public interface JvmImages {

    /** What the unwinder is told of the JVM of a process; null where none is known. */
    JvmImage image(int pid, long processStartNanos);

    /** Whether a process may have a JVM that is not known yet, but will be. */
    boolean mayCome(int pid, long processStartNanos);

    /** One that knows none. */
    static JvmImages none() {
        return new JvmImages() {
            @Override
            public JvmImage image(int pid, long processStartNanos) {
                return null;
            }

            @Override
            public boolean mayCome(int pid, long processStartNanos) {
                return false;
            }
        };
    }
}
