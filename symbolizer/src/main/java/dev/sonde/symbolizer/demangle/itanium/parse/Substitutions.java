package dev.sonde.symbolizer.demangle.itanium.parse;

import dev.sonde.symbolizer.demangle.itanium.tree.Node;
import dev.sonde.symbolizer.demangle.itanium.tree.NotUnderstoodException;
import java.util.ArrayList;
import java.util.List;

/** The components that {@code S_}, {@code S0_} ... refer back to, in the order in which they were read (5.1.10). */
final class Substitutions {

    private final List<Node> seen = new ArrayList<>();

    /** Makes a component referable. One is added for each character read at most, so the text bounds their number. */
    void add(Node component) {
        seen.add(component);
    }

    /** Takes back the last: a whole nested name is its own, only its prefixes are components. */
    void removeLast() throws NotUnderstoodException {
        if (seen.isEmpty()) {
            throw new NotUnderstoodException();
        }
        seen.removeLast();
    }

    Node get(int index) throws NotUnderstoodException {
        if (index < 0 || index >= seen.size()) {
            throw new NotUnderstoodException();
        }
        return seen.get(index);
    }
}
