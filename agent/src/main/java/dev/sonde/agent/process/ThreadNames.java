package dev.sonde.agent.process;

import dev.sonde.agent.label.LabelText;
import it.unimi.dsi.fastutil.ints.Int2ObjectLinkedOpenHashMap;
import java.nio.charset.StandardCharsets;

/**
 * Names of threads as Strings, made from the 16 bytes of {@code comm} in each sample only when they change. Bounded, the
 * least recently sampled thread goes first. One thread at a time.
 */
public final class ThreadNames {

    /** TASK_COMM_LEN of the kernel (include/linux/sched.h), with the closing zero. */
    private static final int COMM_BYTES = 16;

    private final int maxThreads;
    private final Int2ObjectLinkedOpenHashMap<Entry> entries = new Int2ObjectLinkedOpenHashMap<>();

    private static final class Entry {
        private long low;
        private long high;
        private String name = "";
    }

    /**
     * @param maxThreads the bound, at least 1
     */
    public ThreadNames(int maxThreads) {
        if (maxThreads < 1) {
            throw new IllegalArgumentException("threads: " + maxThreads + " (expected: at least 1)");
        }
        this.maxThreads = maxThreads;
    }

    /**
     * The name of a thread. Allocates nothing while the thread keeps its name.
     *
     * @param low bytes 0 to 7 of its comm as a little-endian number
     * @param high bytes 8 to 15
     */
    public String name(int tid, long low, long high) {
        Entry entry = entries.getAndMoveToLast(tid);
        if (entry == null) {
            entry = new Entry();
            entries.putAndMoveToLast(tid, entry);
            if (entries.size() > maxThreads) {
                entries.removeFirst();
            }
        } else if (entry.low == low && entry.high == high) {
            return entry.name;
        }
        entry.low = low;
        entry.high = high;
        entry.name = decode(low, high);
        return entry.name;
    }

    /** How many threads are known. */
    public int size() {
        return entries.size();
    }

    /**
     * The text of 16 bytes of comm, up to the first zero. Any thread may give itself any bytes (prctl(2),
     * PR_SET_NAME): what is no UTF-8 or a control character is replaced.
     *
     * @param low bytes 0 to 7 as a little-endian number
     * @param high bytes 8 to 15
     */
    public static String decode(long low, long high) {
        byte[] bytes = new byte[COMM_BYTES];
        int length = 0;
        while (length < COMM_BYTES) {
            byte b = (byte) (length < Long.BYTES ? low >>> (length * 8) : high >>> ((length - Long.BYTES) * 8));
            if (b == 0) {
                break;
            }
            bytes[length++] = b;
        }
        return LabelText.printable(new String(bytes, 0, length, StandardCharsets.UTF_8));
    }
}
