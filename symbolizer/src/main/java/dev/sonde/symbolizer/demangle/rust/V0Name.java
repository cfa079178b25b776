package dev.sonde.symbolizer.demangle.rust;

/** A v0 name being read and written at once: what its parts share, and their common forms. */
final class V0Name {

    final V0Cursor in;
    final V0Output out = new V0Output();
    final V0Paths paths = new V0Paths(this);
    final V0Types types = new V0Types(this);
    final V0Constants constants = new V0Constants(this);
    private int boundLifetimes;

    private V0Name(String text) {
        this.in = new V0Cursor(text);
    }

    /** One rule of the grammar. */
    interface Rule {
        void apply() throws NotUnderstoodException;
    }

    static String demangle(String mangled) throws NotUnderstoodException {
        V0Name name = new V0Name(mangled.substring(2));
        char first = name.in.peek();
        if (first >= '0' && first <= '9') {
            // A number here announces a later version of the scheme.
            throw new NotUnderstoodException();
        }
        name.paths.path(true);
        char next = name.in.peek();
        if (next >= 'A' && next <= 'Z') {
            name.silently(() -> name.paths.path(false));
        }
        return name.out + RustSuffix.text(name.in.rest());
    }

    /** Reads without writing. */
    void silently(Rule rule) throws NotUnderstoodException {
        boolean before = out.setSilent(true);
        rule.apply();
        out.setSilent(before);
    }

    /** Applies a rule until an E, with a separator between; returns how often. */
    int list(String separator, Rule rule) throws NotUnderstoodException {
        int count = 0;
        while (!in.take('E')) {
            out.add(count == 0 ? "" : separator);
            rule.apply();
            count++;
        }
        return count;
    }

    /** Applies a rule at an earlier place; the tag B has been read. References go backwards only. */
    void backReference(Rule rule) throws NotUnderstoodException {
        int tag = in.position() - 1;
        int target = in.smallBase62();
        if (target >= tag) {
            throw new NotUnderstoodException();
        }
        if (out.silent()) {
            return;
        }
        int back = in.position();
        in.moveTo(target);
        rule.apply();
        in.moveTo(back);
    }

    /** {@code [<binder>]} and what it binds lifetimes for. */
    void bound(Rule rule) throws NotUnderstoodException {
        int count = in.take('G') ? in.smallBase62() + 1 : 0;
        if (count > 0 && !out.silent()) {
            out.add("for<");
            for (int i = 0; i < count; i++) {
                out.add(i == 0 ? "" : ", ");
                boundLifetimes++;
                lifetime(1);
            }
            out.add("> ");
        } else {
            boundLifetimes += count;
        }
        rule.apply();
        boundLifetimes -= count;
    }

    /** A lifetime by its index: 0 is erased, 1 the innermost that is bound. */
    void lifetime(int index) throws NotUnderstoodException {
        out.add("'");
        if (index == 0) {
            out.add("_");
            return;
        }
        int depth = boundLifetimes - index;
        if (depth < 0) {
            throw new NotUnderstoodException();
        }
        out.add(depth < 26 ? String.valueOf((char) ('a' + depth)) : "_" + depth);
    }
}
