package dev.sonde.agent.jvm;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;

class NameBudgetTest {

    private static final long BUDGET = 1 << 20;

    private final NameBudget budget = new NameBudget(BUDGET);
    private final List<Names> all = new ArrayList<>();

    private static final class Names implements NameBudget.Holder {
        private final long round;
        private long held;
        private long limit = -1;

        Names(long round, long held) {
            this.round = round;
            this.held = held;
        }

        @Override
        public long round() {
            return round;
        }

        @Override
        public long bytes() {
            return held;
        }

        @Override
        public void limit(long bytes) {
            limit = bytes;
            held = Math.min(held, bytes);
        }
    }

    private Names holding(long bytes) {
        return askedIn(1000, bytes);
    }

    private Names askedIn(long round, long bytes) {
        Names names = new Names(round, bytes);
        all.add(names);
        return names;
    }

    @Test
    void whereThereIsRoomNobodyIsBounded() {
        holding(0);
        holding(BUDGET / 4);
        holding(BUDGET / 2);
        budget.share(all, 1000);
        assertThat(all).allMatch(names -> names.limit == BUDGET);
        budget.share(List.of(), 1000);
    }

    @Test
    void thoseWithManyNamesShareWhatTheOthersLeave() {
        Names small = holding(BUDGET / 8);
        Names large = holding(BUDGET / 2);
        Names largest = holding(BUDGET);
        budget.share(all, 1000);
        assertThat(small.held).isEqualTo(BUDGET / 8);
        assertThat(large.held).isEqualTo((BUDGET - BUDGET / 8) / 2);
        assertThat(largest.held).isEqualTo(large.held);
    }

    @Test
    void whoWasNotAskedForLongHoldsNone() {
        Names resting = askedIn(1001 - NameBudget.RESTING_ROUNDS, BUDGET);
        Names asked = holding(BUDGET);
        budget.share(all, 1000);
        assertThat(asked.held).isEqualTo(BUDGET / 2);
        budget.share(all, 1001);
        assertThat(resting.held).isZero();
        assertThat(asked.limit).isEqualTo(BUDGET);
    }

    @Test
    void howeverManyThereAreTheyHoldNoMoreTogether() {
        Random random = new Random(1);
        for (int turn = 0; turn < 1000; turn++) {
            all.clear();
            for (int i = random.nextInt(JvmProcesses.MAX_JVMS); i >= 0; i--) {
                holding((long) (BUDGET * random.nextDouble() * random.nextDouble() / 4));
            }
            long before = all.stream().mapToLong(names -> names.held).sum();
            budget.share(all, 1000);
            long after = all.stream().mapToLong(names -> names.held).sum();
            assertThat(after).isLessThanOrEqualTo(BUDGET);
            assertThat(after).isGreaterThan(Math.min(before, BUDGET) - all.size() - 1);
        }
    }
}
