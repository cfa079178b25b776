package dev.sonde.server.store;

import dev.sonde.model.Selector;
import dev.sonde.model.TimeRange;
import java.util.Objects;

/**
 * Which samples a question is about. A matcher looks at a sample's own labels first, then at its series'. A profile
 * counts where its start lies in the range.
 */
public record StoreQuery(Selector selector, TimeRange range) {
    public StoreQuery {
        Objects.requireNonNull(selector, "selector");
        Objects.requireNonNull(range, "range");
    }
}
