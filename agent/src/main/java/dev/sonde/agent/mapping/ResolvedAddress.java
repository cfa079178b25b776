package dev.sonde.agent.mapping;

import dev.sonde.model.FrameKind;
import dev.sonde.symbolizer.elf.LoadSegment;

/**
 * What an address means; made once and filled again and again by {@link AddressSpace#resolve}.
 *
 * <ul>
 *   <li>{@code NATIVE}: {@link #file()} is set. With a {@link #segment()}, {@link #elfAddress()} is the ELF virtual
 *       address (of a file that is no ELF, the offset); outside of the segments it is the offset in the file.
 *   <li>{@code NATIVE} without a file: the file could not be opened; {@link #name()} is its path, the address the
 *       offset in it.
 *   <li>{@code VDSO}: the address is relative to the start of the mapping; in the vsyscall page it is as it is and
 *       {@link #name()} says so.
 *   <li>{@code JIT}: the address as it is; {@link #name()} where the process told one, else null.
 *   <li>{@code null}: unknown, and {@link #unknown()} says why; the address as it is.
 * </ul>
 */
public final class ResolvedAddress {

    /** Why an address means nothing. */
    public enum Unknown {
        /** No executable range of the process holds it. */
        UNMAPPED,
        /** The process was gone before its mappings were read. */
        PROCESS_GONE
    }

    private FrameKind kind;
    private ExecutableFile file;
    private LoadSegment segment;
    private long elfAddress;
    private String name;
    private Unknown unknown;

    /** The kind of code, or null when unknown. */
    public FrameKind kind() {
        return kind;
    }

    /** The file of native code, or null. */
    public ExecutableFile file() {
        return file;
    }

    /** The load segment of native code that holds the address, or null. */
    public LoadSegment segment() {
        return segment;
    }

    /** The address in the terms of its kind, see above. */
    public long elfAddress() {
        return elfAddress;
    }

    /** The name of JIT code, the path of a file that could not be opened, {@code [vsyscall]}, or null. */
    public String name() {
        return name;
    }

    /** Why nothing is known, or null. */
    public Unknown unknown() {
        return unknown;
    }

    void setFile(ExecutableFile newFile, LoadSegment newSegment, long newElfAddress) {
        set(FrameKind.NATIVE, newElfAddress, null);
        file = newFile;
        segment = newSegment;
    }

    void set(FrameKind newKind, long newElfAddress, String newName) {
        kind = newKind;
        file = null;
        segment = null;
        elfAddress = newElfAddress;
        name = newName;
        unknown = null;
    }

    void setUnknown(long address, Unknown reason) {
        set(null, address, null);
        unknown = reason;
    }
}
