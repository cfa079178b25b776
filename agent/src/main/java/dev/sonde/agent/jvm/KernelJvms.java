package dev.sonde.agent.jvm;

import dev.sonde.agent.kernel.JvmMaps;
import dev.sonde.agent.kernel.SamplerException;
import dev.sonde.agent.kernel.code.JvmImage;
import java.io.IOException;

/** Who unwinds Java frames by what is told of each JVM. */
public interface KernelJvms {

    /**
     * Tells of a JVM, or tells anew.
     *
     * @param processStartNanos when its process started, CLOCK_BOOTTIME, as samples tell it
     * @param stackTop the stack pointer with which its program was started (startstack of proc_pid_stat(5))
     * @throws IOException when it is not taken
     */
    void put(int pid, long processStartNanos, long stackTop, JvmImage image) throws IOException;

    /** Forgets a JVM, if it is known. */
    void remove(int pid, long processStartNanos);

    /** The sampling program's maps. */
    static KernelJvms of(JvmMaps maps) {
        return new KernelJvms() {
            @Override
            public void put(int pid, long processStartNanos, long stackTop, JvmImage image) throws IOException {
                try {
                    maps.put(pid, processStartNanos, stackTop, image);
                } catch (SamplerException e) {
                    throw new IOException(e.getMessage(), e);
                }
            }

            @Override
            public void remove(int pid, long processStartNanos) {
                maps.remove(pid, processStartNanos);
            }
        };
    }

    /** One that unwinds nothing. */
    static KernelJvms none() {
        return new KernelJvms() {
            @Override
            public void put(int pid, long processStartNanos, long stackTop, JvmImage image) {}

            @Override
            public void remove(int pid, long processStartNanos) {}
        };
    }
}
