package dev.sonde.agent.jvm.names;

import dev.sonde.agent.aggregate.CodeLocation;
import java.util.Collections;
import java.util.IdentityHashMap;
import java.util.Set;

/**
 * The frames that were named, by the two words of a sample. Holds at most a budget: when half of it is used, what was not
 * asked for since the last time goes. One thread at a time.
 */
final class FrameCache {

    /** The frame, its location and list, and its place in the table. */
    private static final int FRAME_BYTES = 112;

    private static final int LINE_BYTES = 28;

    /** A text's or function's place in the set of those that were counted. */
    private static final int HELD_BYTES = 16;

    private long halfBudgetBytes;
    private Generation young = new Generation();
    private Generation old = new Generation();

    FrameCache(long budgetBytes) {
        this.halfBudgetBytes = budgetBytes / 2;
    }

    /** Holds no more than this from now on. */
    void limit(long budgetBytes) {
        halfBudgetBytes = budgetBytes / 2;
        if (memoryBytes() > budgetBytes) {
            old = new Generation();
        }
        if (memoryBytes() > budgetBytes) {
            young = new Generation();
        }
    }

    /** The frame of two words, or null. */
    JavaFrame.Named get(long first, long second) {
        JavaFrame.Named known = young.get(first, second);
        if (known == null) {
            known = old.get(first, second);
            if (known != null) {
                put(known);
            }
        }
        return known;
    }

    /** Keeps a frame by its words, in place of another that it has for them. */
    void put(JavaFrame.Named frame) {
        if (young.bytes + young.bytesOf(frame) > halfBudgetBytes) {
            old = young;
            young = new Generation();
        }
        young.put(frame);
    }

    /** About what the cache holds. */
    long memoryBytes() {
        return young.bytes + old.bytes;
    }

    /** Open addressing with linear probing; nothing is ever removed. */
    private static final class Generation {
        private static final int FIRST_CAPACITY = 256;

        private JavaFrame.Named[] frames = new JavaFrame.Named[FIRST_CAPACITY];

        /** The functions of the frames and their paths, which outlive the cache of methods here. */
        private final Set<Object> held = Collections.newSetFromMap(new IdentityHashMap<>());

        private int size;
        private long bytes;

        JavaFrame.Named get(long first, long second) {
            return frames[place(first, second)];
        }

        long bytesOf(JavaFrame.Named frame) {
            long sum = FRAME_BYTES + (long) LINE_BYTES * frame.lines().size();
            for (CodeLocation.Line line : frame.lines()) {
                sum += held.contains(line.function()) ? 0 : bytesOf(line.function());
            }
            return sum;
        }

        private long bytesOf(CodeLocation.Function function) {
            long path = held.contains(function.file()) ? 0 : HELD_BYTES + MethodNames.textBytes(function.file());
            return HELD_BYTES + MethodNames.bytes(function) + path;
        }

        void put(JavaFrame.Named frame) {
            bytes += FRAME_BYTES + (long) LINE_BYTES * frame.lines().size();
            for (CodeLocation.Line line : frame.lines()) {
                bytes += held.contains(line.function()) ? 0 : bytesOf(line.function());
                held.add(line.function());
                held.add(line.function().file());
            }
            int place = place(frame.first, frame.second);
            size += frames[place] == null ? 1 : 0;
            frames[place] = frame;
            if (size > frames.length / 4 * 3) {
                grow();
            }
        }

        /** Where the frame of two words stands, or the empty place where it would. */
        private int place(long first, long second) {
            long hash = (first * 0x9e3779b97f4a7c15L) ^ (second * 0xc2b2ae3d27d4eb4fL);
            int mask = frames.length - 1;
            int place = (int) (hash >>> 32) & mask;
            while (frames[place] != null && (frames[place].first != first || frames[place].second != second)) {
                place = (place + 1) & mask;
            }
            return place;
        }

        private void grow() {
            JavaFrame.Named[] before = frames;
            frames = new JavaFrame.Named[2 * before.length];
            for (JavaFrame.Named frame : before) {
                if (frame != null) {
                    frames[place(frame.first, frame.second)] = frame;
                }
            }
        }
    }
}
