package dev.sonde.agent.jvm.code;

/**
 * One blob of the code cache. All addresses are the process's.
 *
 * @param address of the CodeBlob
 * @param kind what it is
 * @param name CodeBlob::_name: "nmethod", "Interpreter", "StubRoutines (compiler stubs)" ...
 * @param codeBegin its first instruction
 * @param codeEnd behind its last
 * @param sizeBytes header, code and data
 * @param frameSizeWords size of its frame with the return address, 8 bytes each; 0 or less where it has none that the
 *     blob knows
 * @param frameCompleteOffset from codeBegin: the frame stands from there on; negative where that is not known
 * @param nmethod what a compiled method has beside it, or null
 */
public record CodeBlob(
        long address,
        BlobKind kind,
        String name,
        long codeBegin,
        long codeEnd,
        int sizeBytes,
        int frameSizeWords,
        int frameCompleteOffset,
        NmethodHeader nmethod) {

    /** Whether an address lies in its code. */
    public boolean containsCode(long pc) {
        return pc >= codeBegin && pc < codeEnd;
    }
}
