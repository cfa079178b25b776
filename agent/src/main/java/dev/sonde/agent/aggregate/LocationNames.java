package dev.sonde.agent.aggregate;

import dev.sonde.symbolizer.symbolize.FrameLine;
import java.util.List;

/** The names of a window's native locations, where they are found on this machine. */
public interface LocationNames {

    /** The lines of a location by its number in the window, the innermost first; empty when no symbol covers it. */
    List<FrameLine> lines(int location);

    /** Names nothing: the server will, by build id. */
    static LocationNames none() {
        return location -> List.of();
    }
}
