package dev.sonde.server.query;

import java.util.List;

/**
 * Functions by what was spent in them.
 *
 * @param type the profile type and sample type, for example {@code cpu}
 * @param unit unit of the values
 * @param total sum over everything selected
 * @param functions by falling flat, then cum, then name
 * @param omitted how many functions the limit left out
 * @param omittedFlat what was spent in those
 */
public record TopFunctions(
        String type, String unit, long total, List<Function> functions, int omitted, long omittedFlat) {
    public TopFunctions {
        functions = List.copyOf(functions);
    }

    /**
     * A function.
     *
     * @param mapping the name of the ELF file it is in; empty where it is in none
     * @param kind the word of its {@link dev.sonde.model.FrameKind}
     * @param flat what was spent in itself
     * @param cum what was spent in it and what it called; counted once where it called itself
     */
    public record Function(String name, String file, String mapping, String kind, long flat, long cum) {}
}
