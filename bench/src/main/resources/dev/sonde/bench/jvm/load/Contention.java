package load;

/** Threads that want one lock. */
final class Contention implements Work {

    private final Object lock = new Object();
    private long shared;

    @Override
    public long run(int turn) {
        return locked(turn) + free(turn);
    }

    private long locked(int turn) {
        synchronized (lock) {
            for (int i = 0; i < 500; i++) {
                shared = shared * 31 + turn;
            }
            return shared;
        }
    }

    private static long free(int turn) {
        long sum = turn;
        for (int i = 0; i < 2_000; i++) {
            sum = sum * 17 + i;
        }
        return sum;
    }
}
