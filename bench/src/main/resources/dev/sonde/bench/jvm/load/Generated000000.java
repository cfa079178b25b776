package load;

import java.util.function.IntUnaryOperator;

/** What thousands of classes are made of, each with another number. */
public final class Generated000000 implements IntUnaryOperator {

    @Override
    public int applyAsInt(int turn) {
        int sum = turn;
        for (int i = 0; i < 20; i++) {
            sum = sum * 31 + i;
        }
        return sum;
    }
}
