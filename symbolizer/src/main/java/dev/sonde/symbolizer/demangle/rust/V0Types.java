package dev.sonde.symbolizer.demangle.rust;

/** {@code <type>}. */
final class V0Types {

    private final V0Name name;

    V0Types(V0Name name) {
        this.name = name;
    }

    void type() throws NotUnderstoodException {
        V0Cursor in = name.in;
        V0Output out = name.out;
        out.enter();
        String basic = basic(in.peek());
        if (basic != null) {
            in.next();
            out.add(basic);
        } else {
            compound(in.peek());
        }
        out.leave();
    }

    private void compound(char tag) throws NotUnderstoodException {
        V0Cursor in = name.in;
        V0Output out = name.out;
        switch (tag) {
            case 'R', 'Q' -> {
                in.next();
                reference(tag == 'Q');
            }
            case 'P', 'O' -> {
                in.next();
                out.add(tag == 'P' ? "*const " : "*mut ");
                type();
            }
            case 'A', 'S' -> {
                in.next();
                out.add("[");
                type();
                if (tag == 'A') {
                    out.add("; ");
                    name.constants.constant(true);
                }
                out.add("]");
            }
            case 'T' -> {
                in.next();
                out.add("(");
                int count = name.list(", ", this::type);
                out.add(count == 1 ? ",)" : ")");
            }
            case 'F' -> {
                in.next();
                name.bound(this::function);
            }
            case 'D' -> {
                in.next();
                traitObject();
            }
            case 'B' -> {
                in.next();
                name.backReference(this::type);
            }
            default -> name.paths.path(false);
        }
    }

    private void reference(boolean mutable) throws NotUnderstoodException {
        name.out.add("&");
        if (name.in.take('L')) {
            int lifetime = name.in.smallBase62();
            if (lifetime != 0) {
                name.lifetime(lifetime);
                name.out.add(" ");
            }
        }
        name.out.add(mutable ? "mut " : "");
        type();
    }

    private void function() throws NotUnderstoodException {
        V0Cursor in = name.in;
        V0Output out = name.out;
        boolean unsafe = in.take('U');
        String abi = null;
        if (in.take('K')) {
            abi = in.take('C') ? "C" : in.identifier().replace('_', '-');
        }
        out.add(unsafe ? "unsafe " : "").add(abi == null ? "" : "extern \"" + abi + "\" ");
        out.add("fn(");
        name.list(", ", this::type);
        out.add(")");
        if (!in.take('u')) {
            out.add(" -> ");
            type();
        }
    }

    private void traitObject() throws NotUnderstoodException {
        name.out.add("dyn ");
        name.bound(() -> name.list(" + ", this::boundTrait));
        if (!name.in.take('L')) {
            throw new NotUnderstoodException();
        }
        int lifetime = name.in.smallBase62();
        if (lifetime != 0) {
            name.out.add(" + ");
            name.lifetime(lifetime);
        }
    }

    private void boundTrait() throws NotUnderstoodException {
        boolean open = name.paths.pathWithOpenGenerics();
        while (name.in.take('p')) {
            name.out.add(open ? ", " : "<");
            open = true;
            name.out.add(name.in.identifier()).add(" = ");
            type();
        }
        name.out.add(open ? ">" : "");
    }

    private static String basic(char tag) {
        return switch (tag) {
            case 'a' -> "i8";
            case 'b' -> "bool";
            case 'c' -> "char";
            case 'd' -> "f64";
            case 'e' -> "str";
            case 'f' -> "f32";
            case 'h' -> "u8";
            case 'i' -> "isize";
            case 'j' -> "usize";
            case 'l' -> "i32";
            case 'm' -> "u32";
            case 'n' -> "i128";
            case 'o' -> "u128";
            case 'p' -> "_";
            case 's' -> "i16";
            case 't' -> "u16";
            case 'u' -> "()";
            case 'v' -> "...";
            case 'x' -> "i64";
            case 'y' -> "u64";
            case 'z' -> "!";
            default -> null;
        };
    }
}
