package dev.sonde.symbolizer.demangle;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.List;

/** How many names come out as a referee has them. */
final class Agreement {

    private final String subject;
    private final List<String> differences = new ArrayList<>();
    private int total;

    Agreement(String subject) {
        this.subject = subject;
    }

    void count(String mangled, String actual, String expected) {
        total++;
        if (!actual.equals(expected)) {
            differences.add("%n  %s%n  ours    %s%n  referee %s".formatted(mangled, actual, expected));
        }
    }

    /** Prints the share and fails where it is below the goal. */
    void atLeast(double share) {
        double agreed = 1 - (double) differences.size() / total;
        System.out.printf("%s: %.4f %% of %,d names agree%n", subject, 100 * agreed, total);
        assertThat(agreed)
                .as("%s: %s", subject, differences.subList(0, Math.min(5, differences.size())))
                .isGreaterThanOrEqualTo(share);
    }
}
