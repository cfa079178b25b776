package dev.sonde.agent.jvm;

import dev.sonde.agent.mapping.Mapping;

/** What is done for JVMs while they run. One thread. */
interface JvmCare {

    /** What is done for one. */
    interface Patient extends AutoCloseable {

        /** When it wants its next turn, on {@link System#nanoTime}'s clock. */
        long dueNanos();

        /** Does what is due. */
        void turn();

        /** Gives up what is held for it; it is forgotten after this. */
        @Override
        void close();
    }

    /**
     * Begins to look after a JVM.
     *
     * @param mapping of the file that has its code
     */
    Patient admit(Jvm jvm, Mapping mapping);
}
