package dev.sonde.model;

/**
 * What kind of code a frame ran. In pprof the kind stands as the mapping's file: the ELF's path for {@link #NATIVE},
 * a word in brackets for the others.
 */
public enum FrameKind {
    NATIVE("native", ""),
    KERNEL("kernel", "[kernel]"),
    BPF("bpf", "[bpf]"),
    VDSO("vdso", "[vdso]"),
    JIT("jit", "[jit]"),
    JVM_INTERPRETED("jvm-interpreted", "[jvm interpreted]"),
    JVM_C1("jvm-c1", "[jvm c1]"),
    JVM_C2("jvm-c2", "[jvm c2]"),
    JVM_NATIVE("jvm-native", "[jvm native]"),
    JVM_STUB("jvm-stub", "[jvm stub]"),
    /** Not code: the stack's root was not reached, the frame's name says why. */
    TRUNCATED("truncated", "[truncated]");

    private static final FrameKind[] VALUES = values();

    private final String word;
    private final String mappingFile;

    FrameKind(String word, String mappingFile) {
        this.word = word;
        this.mappingFile = mappingFile;
    }

    /** The kind's name in the API. */
    public String word() {
        return word;
    }

    /** The file name of the mapping that stands for this kind; empty for {@link #NATIVE}, whose file is the ELF's. */
    public String mappingFile() {
        return mappingFile;
    }

    /** Whether it is code of a Java method, however it was run. */
    public boolean isJava() {
        return switch (this) {
            case JVM_INTERPRETED, JVM_C1, JVM_C2, JVM_NATIVE -> true;
            default -> false;
        };
    }

    /** The kind that a pprof mapping's file name stands for; a path or an unknown word is {@link #NATIVE}. */
    public static FrameKind ofMappingFile(String file) {
        if (!file.isEmpty() && file.charAt(0) == '[') {
            for (FrameKind kind : VALUES) {
                if (kind != NATIVE && kind.mappingFile.equals(file)) {
                    return kind;
                }
            }
        }
        return NATIVE;
    }
}
