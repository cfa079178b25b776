package load;

/** 600 frames deep. */
final class Recursion implements Work {

    private static final int DEPTH = 600;

    @Override
    public long run(int turn) {
        return down(DEPTH, turn);
    }

    static long down(int depth, long value) {
        if (depth == 0) {
            return bottom(value);
        }
        return down(depth - 1, value + depth) ^ depth;
    }

    static long bottom(long value) {
        long sum = value;
        for (int i = 0; i < 20_000; i++) {
            sum = sum * 31 + i;
        }
        return sum;
    }
}
