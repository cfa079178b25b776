package load;

/** Exceptions through some frames, and those of the machine's own making. */
final class Throwing implements Work {

    @Override
    public long run(int turn) {
        try {
            return descend(turn & 7, turn);
        } catch (IllegalStateException e) {
            return e.getMessage().length() + nothing(turn);
        }
    }

    static long descend(int depth, int turn) {
        if (depth == 0) {
            throw new IllegalStateException("at the bottom of " + turn);
        }
        return descend(depth - 1, turn) + 1;
    }

    static long nothing(int turn) {
        try {
            Object none = (turn & 3) == 0 ? null : "some";
            return none.hashCode();
        } catch (NullPointerException e) {
            return 1;
        }
    }
}
