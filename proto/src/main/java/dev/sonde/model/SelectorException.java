package dev.sonde.model;

/** A selector that cannot be read. */
public final class SelectorException extends Exception {

    private final int column;

    SelectorException(int column, String message) {
        super("selector, column " + column + ": " + message);
        this.column = column;
    }

    /** Where in the selector, the first character being column 1. */
    public int column() {
        return column;
    }
}
