package dev.sonde.agent.jvm.decode;

import dev.sonde.agent.jvm.code.BlobKind;

/**
 * Code that HotSpot generates once and does not change: a blob of the code cache that is no compiled method.
 *
 * @param kind what it is
 * @param name CodeBlob::_name
 * @param start where its first instruction lies in the process
 * @param code its bytes, which the caller leaves alone from now on
 * @param frameSizeWords what its frame takes at its calls, return address included; 0 or less where the blob does not know
 */
public record StableBlob(BlobKind kind, String name, long start, byte[] code, int frameSizeWords) {

    /** Behind its last byte. */
    public long end() {
        return start + code.length;
    }
}
