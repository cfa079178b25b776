package load;

/** A chain of small methods, which compilers make one of. */
final class Inlining implements Work {

    @Override
    public long run(int turn) {
        long sum = 0;
        for (int i = 0; i < 2_000; i++) {
            sum += first(turn + i);
        }
        return sum;
    }

    static long first(long x) {
        return second(x * 31 + 7) ^ x;
    }

    static long second(long x) {
        return third(x ^ (x >>> 3)) + 1;
    }

    static long third(long x) {
        return fourth(x + 13) * 3;
    }

    static long fourth(long x) {
        return fifth(x * 17) - 5;
    }

    static long fifth(long x) {
        return sixth(x ^ 0x55) + (x & 3);
    }

    static long sixth(long x) {
        return x % 1_000_003;
    }
}
