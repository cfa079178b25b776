package dev.sonde.agent.jvm.layout;

import dev.sonde.agent.jvm.memory.ProcessMemory;
import it.unimi.dsi.fastutil.longs.LongList;
import java.io.IOException;
import java.util.List;
import java.util.Map;

/**
 * All that is known of one JVM's layout, by subject. Offsets are bytes from the start of their object; addresses are the
 * process's. Immutable, and equal for all processes of one libjvm but for the addresses, the flags and what the JVM
 * settles when it starts.
 *
 * @param version what the JVM calls its version
 * @param jdk the feature release: 8, 11, 17 ...
 * @param blobVtables the classes of CodeBlobs by the address that stands first in their blobs (up to JDK 22): {@code
 *     RuntimeStub}; empty where libjvm is stripped
 * @param safepointState address of SafepointSynchronize::_state, an int: 0 none, 1 threads are being stopped, 2 at a
 *     safepoint; ABSENT_ADDRESS where unknown
 * @param stubDescriptors address of StubCodeDesc::_list, a pointer to the last stub that was made; ABSENT_ADDRESS where
 *     unknown
 * @param preserveFramePointer whether compiled code keeps rbp as frame pointer (PreserveFramePointer)
 * @param stubs where the addresses of stubs stand
 */
public record VmLayout(
        String version,
        int jdk,
        CodeHeapLayout codeHeap,
        BlobLayout blob,
        NmethodLayout nmethod,
        ScopeLayout scope,
        MethodLayout method,
        ThreadLayout thread,
        OopLayout oop,
        InterpreterLayout interpreter,
        ContinuationLayout continuation,
        OriginLayout origin,
        Map<Long, String> blobVtables,
        long safepointState,
        long stubDescriptors,
        boolean preserveFramePointer,
        Stubs stubs) {

    /** Stands for an offset, size or constant that this version does not have. */
    public static final int ABSENT = -1;

    /** Stands for an address that is not known. */
    public static final long ABSENT_ADDRESS = 0;

    /** Those whose blobs are not told apart by their names. */
    private static final List<String> BLOB_CLASSES =
            List.of("BufferBlob", "RuntimeStub", "UpcallStub", "OptimizedEntryBlob");

    /**
     * The fields of StubRoutines.
     *
     * @param fields the addresses of pointers to stubs, and to other things; never changed
     * @param catchException address of _catch_exception_entry, a pointer; ABSENT_ADDRESS where libjvm is stripped
     */
    public record Stubs(LongList fields, long catchException) {}

    public VmLayout {
        blobVtables = Map.copyOf(blobVtables);
    }

    /**
     * Reads the tables of a JVM and makes its layout.
     *
     * @throws VmLayoutException when something that is needed is missing or cannot be; soon after a JVM's start that may
     *     mend itself
     * @throws dev.sonde.agent.jvm.memory.ProcessReadException when the process cannot be read
     * @throws IOException when libjvm's file cannot be read
     */
    public static VmLayout read(LibJvm libjvm, ProcessMemory memory) throws IOException {
        return of(VmStructs.read(libjvm, memory), libjvm);
    }

    /** As {@link #read}, from tables that were read before. */
    public static VmLayout of(VmStructs structs, LibJvm libjvm) throws IOException {
        SymbolValues symbols = SymbolValues.read(libjvm, structs.pages());
        int jdk = structs.featureRelease();
        return new VmLayout(
                structs.version(),
                jdk,
                CodeHeapLayout.read(structs),
                BlobLayout.read(structs),
                NmethodLayout.read(structs),
                ScopeLayout.read(structs, jdk),
                MethodLayout.read(structs),
                ThreadLayout.read(structs, symbols),
                OopLayout.read(structs, symbols),
                InterpreterLayout.read(structs),
                ContinuationLayout.read(structs, symbols),
                OriginLayout.read(structs, symbols),
                structs.has("CodeBlob::_kind") ? Map.of() : symbols.vtables(BLOB_CLASSES),
                symbols.address("_ZN20SafepointSynchronize6_stateE"),
                symbols.address("_ZN12StubCodeDesc5_listE"),
                structs.isFlagSet("PreserveFramePointer"),
                symbols.stubs(structs));
    }
}
