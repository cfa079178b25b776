package load;

import java.io.IOException;
import java.io.InputStream;
import java.lang.invoke.MethodHandles;

/** Classes made, compiled a little, and forgotten, all the time. */
final class Churn implements Work {

    static final class Template implements Work {
        @Override
        public long run(int turn) {
            long sum = turn;
            for (int i = 0; i < 3_000; i++) {
                sum = mix(sum, i);
            }
            return sum;
        }

        private static long mix(long sum, int i) {
            return sum * 31 + i;
        }
    }

    private final byte[] template;

    Churn() throws IOException {
        try (InputStream in = Churn.class.getResourceAsStream("Churn$Template.class")) {
            template = in.readAllBytes();
        }
    }

    @Override
    public long run(int turn) {
        try {
            Work work = (Work) MethodHandles.lookup()
                    .defineHiddenClass(template, true)
                    .lookupClass()
                    .getDeclaredConstructor()
                    .newInstance();
            long sum = 0;
            for (int i = 0; i < 20; i++) {
                sum += work.run(turn + i);
            }
            return sum;
        } catch (ReflectiveOperationException e) {
            throw new IllegalStateException(e);
        }
    }
}
