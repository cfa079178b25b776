package dev.sonde.symbolizer.demangle.rust;

/** The text is not a mangled name that is understood, or one beyond the bounds. Carries nothing: the name is shown as is. */
final class NotUnderstoodException extends Exception {

    private static final long serialVersionUID = 1L;

    NotUnderstoodException() {
        super(null, null, false, false);
    }
}
