package dev.sonde.agent.unwind.host;

import static java.lang.foreign.ValueLayout.ADDRESS;

import java.io.IOException;
import java.io.InputStream;
import java.lang.foreign.Arena;
import java.lang.foreign.FunctionDescriptor;
import java.lang.foreign.Linker;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.SymbolLookup;
import java.lang.invoke.MethodHandle;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;

/** {@link UnwindLibrary} as it lies in the jar of module bpf, loaded once a JVM. */
final class FfmUnwindLibrary implements UnwindLibrary {

    private static final String RESOURCE = "/dev/sonde/bpf/libsonde-unwind.so";

    private static final MethodHandle UNWIND =
            bind(load(), "sonde_host_unwind", FunctionDescriptor.ofVoid(ADDRESS, ADDRESS));

    @Override
    public void unwind(MemorySegment request, MemorySegment stack) {
        try {
            UNWIND.invokeExact(request, stack);
        } catch (Throwable t) {
            throw new AssertionError("native call", t);
        }
    }

    // Restricted because a wrong descriptor crashes the process; each stands beside its C declaration.
    @SuppressWarnings("restricted")
    private static MethodHandle bind(SymbolLookup library, String symbol, FunctionDescriptor type) {
        return Linker.nativeLinker().downcallHandle(library.findOrThrow(symbol), type);
    }

    /** The loader reads files only; the file may go once it is mapped. */
    @SuppressWarnings("restricted") // the library is the one that was built with this class
    private static SymbolLookup load() {
        try (InputStream in = FfmUnwindLibrary.class.getResourceAsStream(RESOURCE)) {
            if (in == null) {
                throw new UnsatisfiedLinkError(
                        "resource " + RESOURCE + " is missing (expected: in the jar of module bpf)");
            }
            Path file = Files.createTempFile("libsonde-unwind", ".so");
            try {
                Files.copy(in, file, StandardCopyOption.REPLACE_EXISTING);
                return SymbolLookup.libraryLookup(file, Arena.global());
            } finally {
                Files.delete(file);
            }
        } catch (IOException | IllegalArgumentException e) {
            throw (UnsatisfiedLinkError) new UnsatisfiedLinkError("the unwinder's library could not be loaded from "
                            + System.getProperty("java.io.tmpdir") + " (expected: writable, not mounted noexec): "
                            + e.getMessage())
                    .initCause(e);
        }
    }
}
