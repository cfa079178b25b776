package dev.sonde.symbolizer.demangle.rust;

/** {@code <path>} and generic arguments. */
final class V0Paths {

    private final V0Name name;

    V0Paths(V0Name name) {
        this.name = name;
    }

    /**
     * A path.
     *
     * @param inValue whether it names a value, where generic arguments take a {@code ::} in front
     */
    void path(boolean inValue) throws NotUnderstoodException {
        V0Cursor in = name.in;
        V0Output out = name.out;
        out.enter();
        char tag = in.next();
        switch (tag) {
            case 'C' -> {
                in.taggedBase62('s');
                out.add(in.identifier());
            }
            case 'N' -> nested(inValue);
            case 'M', 'X', 'Y' -> {
                if (tag != 'Y') {
                    // Where the impl stands says nothing about what it is for.
                    in.taggedBase62('s');
                    name.silently(() -> path(false));
                }
                out.add("<");
                name.types.type();
                if (tag != 'M') {
                    out.add(" as ");
                    path(false);
                }
                out.add(">");
            }
            case 'I' -> {
                path(inValue);
                out.add(inValue ? "::<" : "<");
                name.list(", ", this::genericArgument);
                out.add(">");
            }
            case 'B' -> name.backReference(() -> path(inValue));
            default -> throw new NotUnderstoodException();
        }
        out.leave();
    }

    private void nested(boolean inValue) throws NotUnderstoodException {
        V0Cursor in = name.in;
        V0Output out = name.out;
        char namespace = in.next();
        path(inValue);
        long disambiguator = in.taggedBase62('s');
        String identifier = in.identifier();
        if (namespace >= 'A' && namespace <= 'Z') {
            out.add("::{").add(special(namespace));
            out.add(identifier.isEmpty() ? "" : ":" + identifier);
            out.add("#").add(Long.toUnsignedString(disambiguator)).add("}");
        } else if (namespace < 'a' || namespace > 'z') {
            throw new NotUnderstoodException();
        } else if (!identifier.isEmpty()) {
            out.add("::").add(identifier);
        }
    }

    private static String special(char namespace) {
        return switch (namespace) {
            case 'C' -> "closure";
            case 'S' -> "shim";
            default -> String.valueOf(namespace);
        };
    }

    private void genericArgument() throws NotUnderstoodException {
        if (name.in.take('L')) {
            name.lifetime(name.in.smallBase62());
        } else if (name.in.take('K')) {
            name.constants.constant(false);
        } else {
            name.types.type();
        }
    }

    /** A trait's path whose generic arguments are left open for associated types; returns whether they are open. */
    boolean pathWithOpenGenerics() throws NotUnderstoodException {
        V0Output out = name.out;
        out.enter();
        boolean open = false;
        if (name.in.take('B')) {
            boolean[] opened = new boolean[1];
            name.backReference(() -> opened[0] = pathWithOpenGenerics());
            open = opened[0];
        } else if (name.in.take('I')) {
            path(false);
            out.add("<");
            name.list(", ", this::genericArgument);
            open = true;
        } else {
            path(false);
        }
        out.leave();
        return open;
    }
}
