package load;

import java.time.Duration;

/** 10,000 virtual threads that compute, three calls deep, and park; with an argument, beside one that makes garbage. */
public final class VirtualThreads {

    private static final int THREADS = 10_000;

    /** What lives while the garbage is made: ten megabytes, in pieces. */
    private static final byte[][] KEPT = new byte[1_000][];

    private static final int PIECE_BYTES = 10_000;

    static volatile long sink;

    public static void main(String[] arguments) throws InterruptedException {
        for (int i = 0; i < THREADS; i++) {
            int number = i;
            Thread.ofVirtual().name("virtual-" + i).start(() -> live(number));
        }
        if (arguments.length > 0) {
            makeGarbage();
        }
        Thread.sleep(Duration.ofDays(1));
    }

    /** Some 400 MB a second, so that collections follow each other and move what lives. */
    private static void makeGarbage() throws InterruptedException {
        for (int i = 0; ; i++) {
            KEPT[i % KEPT.length] = new byte[PIECE_BYTES];
            if (i % 40 == 0) {
                Thread.sleep(1);
            }
        }
    }

    static void live(int number) {
        while (true) {
            sink += outer(number);
            pause(number);
        }
    }

    static void pause(int number) {
        try {
            Thread.sleep(Duration.ofMillis(200 + number % 300));
        } catch (InterruptedException e) {
            throw new IllegalStateException(e);
        }
    }

    static long outer(int number) {
        long sum = middle(number);
        // A frame that parked before has callers that stay frozen.
        Thread.yield();
        return sum + middle(number + 1);
    }

    static long middle(int number) {
        return inner(number) + 1;
    }

    static long inner(int number) {
        long sum = number;
        for (int i = 0; i < 20_000; i++) {
            sum = sum * 31 + i;
        }
        return sum;
    }
}
