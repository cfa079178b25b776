package dev.sonde.agent.jvm;

import dev.sonde.agent.aggregate.RawSample;
import dev.sonde.agent.kernel.code.FrameWord;
import java.util.function.IntToLongFunction;

/** From the words of a stack to the frames of a sample. */
final class JavaFrames {

    private JavaFrames() {}

    /**
     * Adds frames, the leaf first.
     *
     * @param jvm of the process; null where it has none
     * @param words of the frames
     * @param count how many words there are
     */
    static void add(RawSample to, Jvm jvm, IntToLongFunction words, int count, long round) {
        int at = 0;
        while (at < count) {
            long first = words.applyAsLong(at);
            boolean leaf = at == 0;
            int length = FrameWord.count(first);
            if (length > 1 && at + 1 < count) {
                addJava(to, jvm, first, words.applyAsLong(at + 1), leaf, round);
            } else if (jvm == null) {
                to.addUserFrame(FrameWord.payload(first));
            } else {
                jvm.addAddress(to, FrameWord.payload(first), leaf, round);
            }
            at += length;
        }
    }

    private static void addJava(RawSample to, Jvm jvm, long first, long second, boolean leaf, long round) {
        if (jvm == null) {
            JavaNaming.addStale(to, first);
        } else {
            jvm.addJava(to, first, second, leaf, round);
        }
    }
}
