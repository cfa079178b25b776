package dev.sonde.agent.aggregate;

import java.util.Arrays;

/** When the samples of a window were taken: a chain of offsets for each distinct sample, the newest first. */
final class SampleTimes {

    /** The end of a chain. */
    static final int NONE = -1;

    private static final int FIRST_TIMES = 1024;

    private int[] millis = new int[FIRST_TIMES];
    private int[] previous = new int[FIRST_TIMES];
    private int[] newest = new int[FIRST_TIMES];
    private int size;

    SampleTimes() {
        Arrays.fill(newest, NONE);
    }

    /** Notes that a distinct sample was taken; {@code offsetMillis} since the window's start. */
    void add(int sample, int offsetMillis) {
        if (sample >= newest.length) {
            int before = newest.length;
            newest = Arrays.copyOf(newest, Math.max(sample + 1, 2 * before));
            Arrays.fill(newest, before, newest.length, NONE);
        }
        if (size == millis.length) {
            millis = Arrays.copyOf(millis, 2 * size);
            previous = Arrays.copyOf(previous, 2 * size);
        }
        millis[size] = offsetMillis;
        previous[size] = newest[sample];
        newest[sample] = size++;
    }

    /** The newest entry of a distinct sample, {@link #NONE} where it has none. */
    int newest(int sample) {
        return sample < newest.length ? newest[sample] : NONE;
    }

    int previous(int entry) {
        return previous[entry];
    }

    int offsetMillis(int entry) {
        return millis[entry];
    }

    /** What it will take in memory once a time of this distinct sample is added. */
    long bytesWith(int sample) {
        long times = size == millis.length ? 2L * size : millis.length;
        long samples = sample >= newest.length ? Math.max(sample + 1L, 2L * newest.length) : newest.length;
        return Integer.BYTES * (2 * times + samples);
    }

    /** What it takes in memory. */
    long bytes() {
        return Integer.BYTES * ((long) millis.length + previous.length + newest.length);
    }

    /** Forgets all. Memory that was mostly unused this time is given back, so that one burst is not paid for ever. */
    void clear() {
        if (millis.length > FIRST_TIMES && size < millis.length / 4) {
            millis = new int[millis.length / 2];
            previous = new int[millis.length];
        }
        Arrays.fill(newest, NONE);
        size = 0;
    }
}
