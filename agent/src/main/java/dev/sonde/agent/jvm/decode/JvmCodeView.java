package dev.sonde.agent.jvm.decode;

import java.util.List;

/**
 * What was read of a JVM's stable code.
 *
 * @param blobs those that are no compiled methods, ascending
 * @param codelets the interpreter's, ascending
 * @param entries addresses in the blobs that functions start at, as far as they are known; some may be those of tables
 * @param special places that behave as no other does
 */
public record JvmCodeView(
        List<StableBlob> blobs, List<Codelet> codelets, List<Long> entries, SpecialAddresses special) {
    public JvmCodeView {
        blobs = List.copyOf(blobs);
        codelets = List.copyOf(codelets);
        entries = List.copyOf(entries);
    }
}
