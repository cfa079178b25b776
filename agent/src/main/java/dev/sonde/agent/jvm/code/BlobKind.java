package dev.sonde.agent.jvm.code;

/** What a blob of the code cache is (code/codeBlob.hpp): the rules by which its frames are unwound differ. */
public enum BlobKind {
    /** A method compiled by C1 or C2. */
    NMETHOD,
    /** The wrapper of a native method, or a method-handle intrinsic: "native nmethod". */
    NATIVE_NMETHOD,
    /** Code without a frame of its own kind: the interpreter, StubRoutines, CPU probes. */
    BUFFER,
    /** I2C and C2I adapters. */
    ADAPTER,
    /** A chunk of vtable and itable stubs. */
    VTABLE,
    /** The interpreter's method-handle entries. */
    METHOD_HANDLES,
    /** Calls from compiled code into the VM; C1's Runtime1 stubs too. */
    RUNTIME_STUB,
    DEOPTIMIZATION,
    SAFEPOINT,
    EXCEPTION,
    UNCOMMON_TRAP,
    /** Native code's way into Java (FFM). */
    UPCALL,
    /** None of those that are known here. */
    OTHER;

    /** Whether its blob is followed by an nmethod's fields. */
    public boolean isNmethod() {
        return this == NMETHOD || this == NATIVE_NMETHOD;
    }
}
