package load;

/** Compiled and interpreted methods in turns, above a loop: so many deep as its argument says. */
public final class Frames {

    private static final int LONG = 40_000_000;

    /** Until the compilers have had all that they may compile. */
    private static final int WARM_UPS = 30_000;

    static volatile long sink;
    static volatile int turns = 10;

    public static void main(String[] arguments) {
        int depth = Integer.parseInt(arguments[0]);
        for (int i = 0; i < WARM_UPS; i++) {
            compiled(depth);
        }
        turns = LONG;
        while (true) {
            compiled(depth);
        }
    }

    static void compiled(int left) {
        if (left == 0) {
            spin();
        } else {
            interpreted(left - 1);
        }
        sink++;
    }

    static void interpreted(int left) {
        if (left == 0) {
            spin();
        } else {
            compiled(left - 1);
        }
        sink++;
    }

    static void spin() {
        long sum = sink;
        int end = turns;
        for (int i = 0; i < end; i++) {
            sum = sum * 31 + i;
        }
        sink = sum;
    }
}
