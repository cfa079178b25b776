package load;

import java.time.Duration;

/** 10,000 virtual threads that compute, three calls deep, and park. */
public final class VirtualThreads {

    private static final int THREADS = 10_000;

    static volatile long sink;

    public static void main(String[] arguments) throws InterruptedException {
        for (int i = 0; i < THREADS; i++) {
            int number = i;
            Thread.ofVirtual().name("virtual-" + i).start(() -> live(number));
        }
        Thread.sleep(Duration.ofDays(1));
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
