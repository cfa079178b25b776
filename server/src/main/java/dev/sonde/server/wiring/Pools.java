package dev.sonde.server.wiring;

import com.linecorp.armeria.common.util.BlockingTaskExecutor;

/**
 * The threads that wait on storage, one pool for each kind of work: slow questions delay other questions and never an
 * acknowledgement, nor uploads of symbols either of them. What finds no thread waits in its pool's queue, up to the time
 * that a request has.
 *
 * @param ingest requests of profiles
 * @param questions requests of the API
 * @param symbols uploads of debuginfo
 */
record Pools(BlockingTaskExecutor ingest, BlockingTaskExecutor questions, BlockingTaskExecutor symbols) {

    /**
     * At most eight requests are read at once; the others wait at the gate, each in a thread, for up to ten seconds. So
     * many agents that come back at once get their turn or their refusal there.
     */
    static final int INGEST_THREADS = 64;

    /** At most eight questions are answered at once; three times as many wait for their turn, each in a thread. */
    static final int QUESTION_THREADS = 32;

    /** Each writes one chunk to the disk: twice the queue depth at which a usual disk is busy. */
    static final int SYMBOL_THREADS = 16;

    /** The page, health and metrics, none of which waits for long. */
    static final int OTHER_THREADS = 8;

    /** New pools. Their threads start when there is work and end when there is none; the server stops them. */
    static Pools start() {
        return new Pools(
                pool("sonde-ingest", INGEST_THREADS),
                pool("sonde-question", QUESTION_THREADS),
                pool("sonde-symbol", SYMBOL_THREADS));
    }

    private static BlockingTaskExecutor pool(String name, int threads) {
        return BlockingTaskExecutor.builder()
                .threadNamePrefix(name)
                .numThreads(threads)
                .build();
    }
}
