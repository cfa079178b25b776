package dev.sonde.agent.aggregate;

import dev.sonde.agent.mapping.ExecutableFile;
import java.util.List;
import java.util.Objects;

/**
 * One frame's place, the same in all processes.
 *
 * @param mapping where the code comes from
 * @param address ELF virtual address where the name is to be found by it; 0 where the name is known: addresses that
 *     differ from run to run would tell equal frames apart
 * @param lines the functions there, the innermost inlined call first; empty where the name is to be found by the address
 */
public record CodeLocation(CodeMapping mapping, long address, List<Line> lines) {

    /**
     * A function whose name is known, as pprof's Function.
     *
     * @param name for people: {@code com.example.Foo.bar}
     * @param systemName as its linker knows it: {@code com/example/Foo.bar(I)V}
     * @param file its source; empty where it is not known
     */
    public record Function(String name, String systemName, String file) {
        public Function {
            Objects.requireNonNull(name, "name");
            Objects.requireNonNull(systemName, "systemName");
            Objects.requireNonNull(file, "file");
        }

        /** A function of which nothing but the name is known. */
        public static Function ofName(String name) {
            return new Function(name, name, "");
        }

        /** How many characters its texts have. */
        int characters() {
            return name.length() + systemName.length() + file.length();
        }
    }

    /**
     * A place in a function.
     *
     * @param line in its source, from 1; 0 where it is not known
     */
    public record Line(Function function, int line) {
        public Line {
            Objects.requireNonNull(function, "function");
        }
    }

    public CodeLocation {
        Objects.requireNonNull(mapping, "mapping");
        lines = List.copyOf(lines);
    }

    /** A frame that is still to be named, by build id and ELF virtual address. */
    public static CodeLocation ofAddress(CodeMapping mapping, long address) {
        return new CodeLocation(mapping, address, List.of());
    }

    /** A frame of which the function's name is known and no more. */
    public static CodeLocation ofName(CodeMapping mapping, String name) {
        return ofLines(mapping, List.of(new Line(Function.ofName(name), 0)));
    }

    /**
     * A frame whose functions are known.
     *
     * @param lines the innermost inlined call first, at least one
     */
    public static CodeLocation ofLines(CodeMapping mapping, List<Line> lines) {
        if (lines.isEmpty()) {
            throw new IllegalArgumentException("lines: none (expected: at least one)");
        }
        return new CodeLocation(mapping, 0, lines);
    }

    /** The file by whose symbols the frame is to be named, or null. */
    public ExecutableFile unnamedIn() {
        return lines.isEmpty() ? mapping.file() : null;
    }
}
