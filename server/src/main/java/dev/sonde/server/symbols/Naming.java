package dev.sonde.server.symbols;

import dev.sonde.server.store.StoredLocation.StoredLine;
import java.util.function.UnaryOperator;

/**
 * Makes lines of linkers' names.
 *
 * @param demangle turns a mangled name into the one people read; leaves others as they are
 */
record Naming(UnaryOperator<String> demangle) {

    /** One line. */
    StoredLine line(String systemName, String file, int line) {
        return new StoredLine(demangle.apply(systemName), systemName, file, line);
    }
}
