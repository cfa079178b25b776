package load;

import java.lang.management.ManagementFactory;
import java.lang.management.ThreadMXBean;

/** Does one kind of work in three methods that get 50, 30 and 20 parts of a hundred of each thread's CPU time. */
public final class Shares {

    private static final ThreadMXBean THREADS = ManagementFactory.getThreadMXBean();

    /** No divisor of a sampling period in use. */
    private static final long TENTH_NANOS = 7_000_000;

    /** Between two looks at the thread's CPU time, which is a system call. */
    private static final long BATCH_NANOS = 200_000;

    static volatile long sink;

    public static void main(String[] arguments) throws Exception {
        Class<?> kind = Class.forName("load." + arguments[0]);
        Work work = (Work) kind.getDeclaredConstructor().newInstance();
        int threads = arguments.length > 1 ? Integer.parseInt(arguments[1]) : 1;
        for (int i = 1; i < threads; i++) {
            new Thread(() -> rounds(work), "worker-" + i).start();
        }
        rounds(work);
    }

    static void rounds(Work work) {
        while (true) {
            long now = cpuNanos();
            half(work, now + 5 * TENTH_NANOS);
            third(work, now + 8 * TENTH_NANOS);
            fifth(work, now + 10 * TENTH_NANOS);
        }
    }

    static void half(Work work, long until) {
        while (cpuNanos() < until) {
            batch(work);
        }
    }

    static void third(Work work, long until) {
        while (cpuNanos() < until) {
            batch(work);
        }
    }

    static void fifth(Work work, long until) {
        while (cpuNanos() < until) {
            batch(work);
        }
    }

    static void batch(Work work) {
        long end = System.nanoTime() + BATCH_NANOS;
        int turn = 0;
        do {
            sink += work.run(turn++);
        } while (System.nanoTime() < end);
    }

    static long cpuNanos() {
        return THREADS.getCurrentThreadCpuTime();
    }
}
