package load;

/** What Generated classes are made of: of each there are thousands, with other numbers. */
public final class Generated000000 implements Work {

    @Override
    public long run(int turn) {
        long sum = turn;
        for (int i = 0; i < 20; i++) {
            sum = sum * 31 + i;
        }
        return sum;
    }
}
