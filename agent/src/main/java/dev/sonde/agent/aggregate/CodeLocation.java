package dev.sonde.agent.aggregate;

import dev.sonde.agent.mapping.ExecutableFile;
import java.util.Objects;

/**
 * One frame's place, the same in all processes.
 *
 * @param mapping where the code comes from
 * @param address ELF virtual address where the name is to be found by it; 0 where the name is known: addresses that
 *     differ from run to run would tell equal frames apart
 * @param name the function, null where it is to be found by the address
 */
public record CodeLocation(CodeMapping mapping, long address, String name) {
    public CodeLocation {
        Objects.requireNonNull(mapping, "mapping");
    }

    /** A frame that is still to be named, by build id and ELF virtual address. */
    public static CodeLocation ofAddress(CodeMapping mapping, long address) {
        return new CodeLocation(mapping, address, null);
    }

    /** A frame whose name is known. */
    public static CodeLocation ofName(CodeMapping mapping, String name) {
        return new CodeLocation(mapping, 0, Objects.requireNonNull(name, "name"));
    }

    /** The file by whose symbols the frame is to be named, or null. */
    public ExecutableFile unnamedIn() {
        return name == null ? mapping.file() : null;
    }
}
