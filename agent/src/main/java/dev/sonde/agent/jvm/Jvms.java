package dev.sonde.agent.jvm;

import dev.sonde.agent.aggregate.RawSample;
import dev.sonde.agent.process.ProcessInfo;
import java.util.function.IntToLongFunction;

/** Who knows the JVMs of processes. */
public interface Jvms {

    /** Begins a round: what is read of JVMs to name frames is read once in it. For each bunch of samples. */
    void beginRound();

    /**
     * The JVM of a process; null where it has none, or that is not known yet. One thread at a time. One that has ended is
     * the answer until its process was read anew.
     *
     * @param processStartNanos when the process started, CLOCK_BOOTTIME, as its samples tell it
     */
    Jvm of(ProcessInfo process, long processStartNanos);

    /**
     * The same by what was found so far: a sample that waited must not have its process looked at as it was then. One
     * thread at a time.
     */
    Jvm known(int pid, long processStartNanos);

    /**
     * Adds the user's frames to a sample.
     *
     * @param jvm of the process; null where it has none
     * @param words of the frames (FrameWord)
     * @param count how many words there are
     */
    void addFrames(RawSample to, Jvm jvm, IntToLongFunction words, int count);

    /** One that knows none. */
    static Jvms none() {
        return new Jvms() {
            @Override
            public void beginRound() {}

            @Override
            public Jvm of(ProcessInfo process, long processStartNanos) {
                return null;
            }

            @Override
            public Jvm known(int pid, long processStartNanos) {
                return null;
            }

            @Override
            public void addFrames(RawSample to, Jvm jvm, IntToLongFunction words, int count) {
                JavaFrames.add(to, null, words, count, 0);
            }
        };
    }
}
