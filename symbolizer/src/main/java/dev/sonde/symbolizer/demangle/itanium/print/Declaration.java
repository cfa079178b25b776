package dev.sonde.symbolizer.demangle.itanium.print;

import dev.sonde.symbolizer.demangle.itanium.tree.Node;
import dev.sonde.symbolizer.demangle.itanium.tree.NotUnderstoodException;

/** The text of a declaration. */
public final class Declaration {

    private Declaration() {}

    /** Writes a tree, and a compiler's suffix as {@code [clone .cold]}. */
    public static String print(Node declaration, String suffix) throws NotUnderstoodException {
        Printer printer = new Printer();
        printer.print(declaration);
        CloneSuffix.print(suffix, printer.out);
        return printer.out.toString();
    }
}
