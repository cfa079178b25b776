package dev.sonde.server.store;

import dev.sonde.model.Selector;
import dev.sonde.model.TimeRange;
import java.util.Objects;

/**
 * Which samples a question is about. A matcher looks at a sample's own labels first, then at its series'. A profile
 * counts where its start lies in the range. Where profiles of one type differ in their default sample type, the one of
 * most profiles in the range is meant.
 */
public record StoreQuery(Selector selector, TimeRange range) {

    /** Most matchers of a selector: real ones have a handful. */
    public static final int MAX_MATCHERS = 64;

    /**
     * A question.
     *
     * @throws IllegalArgumentException when the selector has too many matchers
     */
    public StoreQuery {
        Objects.requireNonNull(selector, "selector");
        Objects.requireNonNull(range, "range");
        if (selector.matchers().size() > MAX_MATCHERS) {
            throw new IllegalArgumentException(
                    "selector: " + selector.matchers().size() + " matchers (expected: at most " + MAX_MATCHERS + ")");
        }
    }
}
