package dev.sonde.symbolizer.demangle.rust;

/** The text being written, whether it is written at all, and the bounds on the work. */
final class V0Output {

    /** Longest name that is shown. Back references let 100 characters stand for gigabytes. */
    private static final int MAX_LENGTH = 16 * 1024;

    /** Nesting of paths, types and constants; each level takes two or three Java frames. */
    private static final int MAX_DEPTH = 256;

    /** Rules applied; back references to what writes nothing would go round without this. */
    private static final int MAX_STEPS = 1 << 18;

    private final StringBuilder text = new StringBuilder();
    private boolean silent;
    private int depth;
    private int steps;

    V0Output add(String part) throws NotUnderstoodException {
        if (!silent) {
            if (part.length() > MAX_LENGTH - text.length()) {
                throw new NotUnderstoodException();
            }
            text.append(part);
        }
        return this;
    }

    /** Whether nothing is written, because what is read is not part of the shown name. */
    boolean silent() {
        return silent;
    }

    /** Switches writing; returns what was before. */
    boolean setSilent(boolean now) {
        boolean before = silent;
        silent = now;
        return before;
    }

    void enter() throws NotUnderstoodException {
        if (++depth > MAX_DEPTH || ++steps > MAX_STEPS) {
            throw new NotUnderstoodException();
        }
    }

    void leave() {
        depth--;
    }

    @Override
    public String toString() {
        return text.toString();
    }
}
