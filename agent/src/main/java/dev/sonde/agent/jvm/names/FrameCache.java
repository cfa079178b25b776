package dev.sonde.agent.jvm.names;

/**
 * The frames that were named, by the two words of a sample. Holds at most a budget: when half of it is used, what was not
 * asked for since the last time goes. One thread at a time.
 */
final class FrameCache {

    /** The frame's object and list; each line's object and place in the list. */
    private static final int FRAME_BYTES = 72;

    private static final int LINE_BYTES = 28;

    /** Two keys and a reference, at a load between a quarter and a half. */
    private static final int PLACE_BYTES = 60;

    private final long halfBudgetBytes;
    private Table young = new Table();
    private Table old = new Table();

    FrameCache(long budgetBytes) {
        this.halfBudgetBytes = budgetBytes / 2;
    }

    /** The frame of two words, or null. */
    JavaFrame.Named get(long first, long second) {
        JavaFrame.Named known = young.get(first, second);
        if (known == null) {
            known = old.get(first, second);
            if (known != null) {
                put(first, second, known);
            }
        }
        return known;
    }

    void put(long first, long second, JavaFrame.Named frame) {
        long bytes =
                FRAME_BYTES + PLACE_BYTES + (long) LINE_BYTES * frame.lines().size();
        if (young.bytes + bytes > halfBudgetBytes) {
            old = young;
            young = new Table();
        }
        young.put(first, second, frame, bytes);
    }

    /** About what the cache holds. */
    long memoryBytes() {
        return young.bytes + old.bytes;
    }

    /** Open addressing with linear probing; nothing is ever removed. */
    private static final class Table {
        private static final int FIRST_CAPACITY = 256;

        private long[] keys = new long[2 * FIRST_CAPACITY];
        private JavaFrame.Named[] frames = new JavaFrame.Named[FIRST_CAPACITY];
        private int size;
        private long bytes;

        JavaFrame.Named get(long first, long second) {
            return frames[place(first, second)];
        }

        void put(long first, long second, JavaFrame.Named frame, long frameBytes) {
            int place = place(first, second);
            if (frames[place] == null) {
                bytes += frameBytes;
                size++;
            }
            set(place, first, second, frame);
            if (size > frames.length / 2) {
                grow();
            }
        }

        private void set(int place, long first, long second, JavaFrame.Named frame) {
            keys[2 * place] = first;
            keys[2 * place + 1] = second;
            frames[place] = frame;
        }

        /** Where the words stand, or the empty place where they would. */
        private int place(long first, long second) {
            long hash = (first * 0x9e3779b97f4a7c15L) ^ (second * 0xc2b2ae3d27d4eb4fL);
            int mask = frames.length - 1;
            int place = (int) (hash >>> 32) & mask;
            while (frames[place] != null && (keys[2 * place] != first || keys[2 * place + 1] != second)) {
                place = (place + 1) & mask;
            }
            return place;
        }

        private void grow() {
            long[] oldKeys = keys;
            JavaFrame.Named[] oldFrames = frames;
            keys = new long[2 * oldKeys.length];
            frames = new JavaFrame.Named[2 * oldFrames.length];
            for (int i = 0; i < oldFrames.length; i++) {
                if (oldFrames[i] != null) {
                    long first = oldKeys[2 * i];
                    long second = oldKeys[2 * i + 1];
                    set(place(first, second), first, second, oldFrames[i]);
                }
            }
        }
    }
}
