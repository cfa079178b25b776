package dev.sonde.agent.jvm;

import java.util.List;

/** Shares memory among the JVMs whose frames are named: what those with few names leave is for the others. One thread. */
final class NameBudget {

    /** Of an agent's heap, of which windows of samples may take half. */
    private static final int HEAP_PART = 4;

    /** A JVM that was not asked for so long holds no names: a minute at 10 rounds a second. */
    static final long RESTING_ROUNDS = 600;

    private final long bytes;

    /** What is held for one JVM. */
    interface Holder {
        /** The round in which it was asked last. */
        long round();

        /** What it holds now, in bytes of memory. */
        long bytes();

        /** Keeps no more than this from now on, in bytes of memory. */
        void limit(long bytes);
    }

    /** @param bytes of all together */
    NameBudget(long bytes) {
        this.bytes = bytes;
    }

    /** That of this agent. */
    static NameBudget ofThisJvm() {
        return new NameBudget(Runtime.getRuntime().maxMemory() / HEAP_PART);
    }

    /** Bounds what each may hold, so that all of them that were asked lately hold no more; the others hold none. */
    void share(List<? extends Holder> holders, long round) {
        for (int i = 0; i < holders.size(); i++) {
            if (!isAsked(holders.get(i), round)) {
                holders.get(i).limit(0);
            }
        }
        long level = level(holders);
        for (int i = 0; i < holders.size(); i++) {
            if (isAsked(holders.get(i), round)) {
                holders.get(i).limit(level);
            }
        }
    }

    /** The bound that leaves all together at their budget, or the whole budget where they need none. */
    private long level(List<? extends Holder> holders) {
        long level = 0;
        long rest = bytes;
        int above = holders.size();
        while (above > 0 && rest / above > level) {
            level = rest / above;
            rest = bytes;
            above = 0;
            for (int i = 0; i < holders.size(); i++) {
                long held = holders.get(i).bytes();
                above += held > level ? 1 : 0;
                rest -= held > level ? 0 : held;
            }
        }
        return above == 0 ? bytes : level;
    }

    private static boolean isAsked(Holder holder, long round) {
        return round - holder.round() < RESTING_ROUNDS;
    }
}
