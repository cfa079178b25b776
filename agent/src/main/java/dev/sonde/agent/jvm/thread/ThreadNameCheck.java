package dev.sonde.agent.jvm.thread;

import java.nio.charset.StandardCharsets;
import java.util.Arrays;

/** Whether a name read from a JVM's heap is that of a thread. */
public final class ThreadNameCheck {

    /** TASK_COMM_LEN without the closing zero. */
    private static final int COMM_BYTES = 15;

    private ThreadNameCheck() {}

    /**
     * Java threads give the kernel the beginning of their names when they start and when they rename themselves
     * (JavaThread::set_native_thread_name): a name that does not begin so was read while it moved, or another thread
     * renamed this one, which the kernel was not told. The main thread has its process's name.
     *
     * @param comm the thread's name of the kernel
     */
    public static boolean fits(String javaName, String comm) {
        if (javaName.isEmpty()) {
            return false;
        }
        if (javaName.equals("main")) {
            return true;
        }
        byte[] whole = javaName.getBytes(StandardCharsets.UTF_8);
        byte[] begin = comm.getBytes(StandardCharsets.UTF_8);
        return whole.length <= COMM_BYTES
                ? Arrays.equals(whole, begin)
                : begin.length > 0
                        && Arrays.equals(whole, 0, Math.min(begin.length, COMM_BYTES), begin, 0, begin.length);
    }
}
