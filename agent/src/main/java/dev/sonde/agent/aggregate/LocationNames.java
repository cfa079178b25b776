package dev.sonde.agent.aggregate;

import java.util.Optional;

/** The names of a window's native locations, where they are found on this machine. */
public interface LocationNames {

    /**
     * A function's names.
     *
     * @param name demangled
     * @param systemName as the symbol table has it
     */
    record Name(String name, String systemName) {}

    /** The function of a location by its number in the window; empty when no symbol covers it. */
    Optional<Name> name(int location);

    /** Names nothing: the server will, by build id. */
    static LocationNames none() {
        return location -> Optional.empty();
    }
}
