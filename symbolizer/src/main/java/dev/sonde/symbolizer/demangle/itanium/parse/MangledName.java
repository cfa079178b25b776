package dev.sonde.symbolizer.demangle.itanium.parse;

import dev.sonde.symbolizer.demangle.itanium.tree.Node;
import dev.sonde.symbolizer.demangle.itanium.tree.NotUnderstoodException;

/**
 * A mangled name that has been read.
 *
 * @param declaration the tree of what it declares
 * @param suffix the text behind the mangled name, empty or what a compiler gave a copy
 */
public record MangledName(Node declaration, String suffix) {

    private static final String PREFIX = "_Z";

    /**
     * Reads a name.
     *
     * @param oldUnresolvedNames whether {@code sr} is read as GCC wrote it before ABI version 11: one type, one name
     */
    public static MangledName parse(String mangled, boolean oldUnresolvedNames) throws NotUnderstoodException {
        if (!mangled.startsWith(PREFIX)) {
            throw new NotUnderstoodException();
        }
        Cursor in = new Cursor(mangled, PREFIX.length());
        Node declaration = new Parser(in, oldUnresolvedNames).encodings.encoding();
        return new MangledName(declaration, in.rest());
    }
}
