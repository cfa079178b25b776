package dev.sonde.model;

import com.google.re2j.Pattern;
import com.google.re2j.PatternSyntaxException;
import java.util.Objects;

/** A condition on one label. */
public final class Matcher {

    /** How a label is compared. */
    public enum Operator {
        EQUAL("="),
        NOT_EQUAL("!="),
        MATCHES("=~"),
        NOT_MATCHES("!~");

        private final String symbol;

        Operator(String symbol) {
            this.symbol = symbol;
        }

        /** The operator as selectors write it. */
        public String symbol() {
            return symbol;
        }
    }

    private final String name;
    private final Operator operator;
    private final String value;
    private final Pattern pattern;

    /**
     * A matcher; regular expressions are RE2's (which run in linear time, for they come from outside) and must match the
     * whole value.
     *
     * @throws IllegalArgumentException when the regular expression is not one
     */
    public Matcher(String name, Operator operator, String value) {
        this.name = Objects.requireNonNull(name, "name");
        this.operator = Objects.requireNonNull(operator, "operator");
        this.value = Objects.requireNonNull(value, "value");
        this.pattern = operator == Operator.MATCHES || operator == Operator.NOT_MATCHES ? compile(value) : null;
    }

    private static Pattern compile(String value) {
        RepeatBound.check(value);
        try {
            return Pattern.compile(value);
        } catch (PatternSyntaxException e) {
            throw new IllegalArgumentException(
                    "regular expression '" + value + "': " + e.getDescription() + " (expected: RE2 syntax)", e);
        }
    }

    /** The label's name. */
    public String name() {
        return name;
    }

    /** How it is compared. */
    public Operator operator() {
        return operator;
    }

    /** What it is compared with: a value or a regular expression. */
    public String value() {
        return value;
    }

    /** Whether the condition holds for a label's value; an absent label is the empty string. */
    public boolean matches(String labelValue) {
        return switch (operator) {
            case EQUAL -> value.equals(labelValue);
            case NOT_EQUAL -> !value.equals(labelValue);
            case MATCHES -> pattern.matches(labelValue);
            case NOT_MATCHES -> !pattern.matches(labelValue);
        };
    }

    @Override
    public boolean equals(Object other) {
        return other instanceof Matcher that
                && name.equals(that.name)
                && operator == that.operator
                && value.equals(that.value);
    }

    @Override
    public int hashCode() {
        return Objects.hash(name, operator, value);
    }

    /** The matcher as selectors write it. */
    @Override
    public String toString() {
        return name + operator.symbol + '"' + Labels.escape(value) + '"';
    }
}
