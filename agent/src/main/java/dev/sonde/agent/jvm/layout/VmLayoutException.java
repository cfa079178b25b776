package dev.sonde.agent.jvm.layout;

import java.io.IOException;

/** A JVM whose layout is not known: its tables lack something, or say what cannot be. */
public final class VmLayoutException extends IOException {

    private static final long serialVersionUID = 1L;

    private final String jvmVersion;
    private final String field;

    VmLayoutException(String jvmVersion, String field, String problem) {
        super("JVM " + jvmVersion + ": " + field + ": " + problem);
        this.jvmVersion = jvmVersion;
        this.field = field;
    }

    /** What the JVM calls its version, or {@code unknown}. */
    public String jvmVersion() {
        return jvmVersion;
    }

    /** What is missing: {@code Type::field}, the name of a type, a constant or a symbol. */
    public String field() {
        return field;
    }
}
