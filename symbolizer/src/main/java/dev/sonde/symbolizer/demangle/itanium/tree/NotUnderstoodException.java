package dev.sonde.symbolizer.demangle.itanium.tree;

/** The text is not a mangled name that is understood, or one beyond the bounds. Carries nothing: the name is shown as is. */
public final class NotUnderstoodException extends Exception {

    private static final long serialVersionUID = 1L;

    /** Without a stack trace: hostile names must not be dear. */
    public NotUnderstoodException() {
        super(null, null, false, false);
    }
}
