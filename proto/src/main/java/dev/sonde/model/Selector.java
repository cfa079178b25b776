package dev.sonde.model;

import java.util.List;
import java.util.Objects;

/**
 * Which samples a question is about: {@code cpu{service="api",version!="1.2"}}, written as Prometheus writes it.
 *
 * @param type the profile type, for example {@code cpu}
 * @param sampleType which of the profile's values, after a dot as in {@code cpu.samples}; empty for the default one
 * @param matchers all of which must hold
 */
public record Selector(String type, String sampleType, List<Matcher> matchers) {

    /** Longest selector accepted, in characters. */
    public static final int MAX_LENGTH = 8 << 10;

    /** Most matchers of one selector: more than any series has labels. */
    public static final int MAX_MATCHERS = 64;

    public Selector {
        Objects.requireNonNull(type, "type");
        Objects.requireNonNull(sampleType, "sampleType");
        matchers = List.copyOf(matchers);
    }

    /**
     * Reads a selector.
     *
     * @throws SelectorException when it is not one; the exception knows the column
     */
    public static Selector parse(String text) throws SelectorException {
        return new SelectorParser(text).parse();
    }

    /** Whether labels satisfy every matcher; a label that is not there counts as the empty string. */
    public boolean matches(Labels labels) {
        for (Matcher matcher : matchers) {
            if (!matcher.matches(labels.get(matcher.name()))) {
                return false;
            }
        }
        return true;
    }

    /** The selector as {@link #parse} reads it. */
    @Override
    public String toString() {
        StringBuilder text = new StringBuilder(type);
        if (!sampleType.isEmpty()) {
            text.append('.').append(sampleType);
        }
        text.append('{');
        for (int i = 0; i < matchers.size(); i++) {
            text.append(i == 0 ? "" : ",").append(matchers.get(i));
        }
        return text.append('}').toString();
    }
}
