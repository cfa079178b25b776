package dev.sonde.server.query;

import dev.sonde.model.FrameKind;
import java.util.Objects;

/**
 * One frame of a stack.
 *
 * @param name the function as people read it
 * @param systemName the function as the linker or the JVM has it; may be empty
 * @param file the source file; may be empty
 * @param line line in it, 0 = unknown
 * @param kind what kind of code it is
 * @param inlined whether it has no frame of its own in the machine's stack
 */
public record Frame(String name, String systemName, String file, int line, FrameKind kind, boolean inlined) {
    public Frame {
        Objects.requireNonNull(name, "name");
        Objects.requireNonNull(systemName, "systemName");
        Objects.requireNonNull(file, "file");
        Objects.requireNonNull(kind, "kind");
    }
}
