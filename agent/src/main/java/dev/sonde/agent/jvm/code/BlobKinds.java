package dev.sonde.agent.jvm.code;

import dev.sonde.agent.jvm.layout.BlobLayout;
import dev.sonde.agent.jvm.layout.VmLayout;
import dev.sonde.agent.jvm.memory.MemoryPages;
import dev.sonde.agent.jvm.memory.ProcessReadException;
import it.unimi.dsi.fastutil.longs.Long2ObjectOpenHashMap;
import java.util.Map;

/**
 * Tells what a blob is: by CodeBlob::_kind since JDK 23, by its vtable before where libjvm has symbols, else by its name.
 */
final class BlobKinds {

    /** Names of stubs are short; those of upcalls carry a signature. */
    private static final int MAX_NAME_BYTES = 512;

    /** Names stand once for all blobs of a kind, and once for each stub: JDK 25 has some 200. */
    private static final int MAX_NAMES = 2048;

    /** The order of enum CodeBlobKind from 1 on (JDK 23 to 26); two of its numbers are exported and checked. */
    private static final BlobKind[] BY_NUMBER = {
        BlobKind.OTHER,
        BlobKind.NMETHOD,
        BlobKind.BUFFER,
        BlobKind.ADAPTER,
        BlobKind.VTABLE,
        BlobKind.METHOD_HANDLES,
        BlobKind.RUNTIME_STUB,
        BlobKind.DEOPTIMIZATION,
        BlobKind.SAFEPOINT,
        BlobKind.EXCEPTION,
        BlobKind.UNCOMMON_TRAP,
        BlobKind.UPCALL
    };

    /** Names that the VM gives to blobs of a kind of their own (code/codeBlob.cpp). */
    private static final Map<String, BlobKind> BY_NAME = Map.of(
            "nmethod", BlobKind.NMETHOD,
            "native nmethod", BlobKind.NATIVE_NMETHOD,
            "I2C/C2I adapters", BlobKind.ADAPTER,
            "vtable chunks", BlobKind.VTABLE,
            "MethodHandles adapters", BlobKind.METHOD_HANDLES,
            "DeoptimizationBlob", BlobKind.DEOPTIMIZATION,
            "SafepointBlob", BlobKind.SAFEPOINT,
            "ExceptionBlob", BlobKind.EXCEPTION,
            "UncommonTrapBlob", BlobKind.UNCOMMON_TRAP);

    private final BlobLayout layout;
    private final Map<Long, String> vtables;
    private final MemoryPages pages;
    private final boolean numbered;
    private final Long2ObjectOpenHashMap<String> names = new Long2ObjectOpenHashMap<>();

    BlobKinds(VmLayout layout, MemoryPages pages) {
        this.layout = layout.blob();
        this.vtables = layout.blobVtables();
        this.pages = pages;
        this.numbered = this.layout.kind() != null
                && is(this.layout.nmethodKind(), BlobKind.NMETHOD)
                && is(this.layout.deoptimizationKind(), BlobKind.DEOPTIMIZATION);
    }

    private static boolean is(int number, BlobKind kind) {
        return number > 0 && number < BY_NUMBER.length && BY_NUMBER[number] == kind;
    }

    /** The name at an address, kept: the VM never frees those of stubs that stay. */
    String name(long address) throws ProcessReadException {
        if (address == 0) {
            return "";
        }
        String known = names.get(address);
        if (known == null) {
            known = pages.text(address, MAX_NAME_BYTES);
            if (names.size() >= MAX_NAMES) {
                names.clear();
            }
            names.put(address, known);
        }
        return known;
    }

    BlobKind kind(long address, String name) throws ProcessReadException {
        BlobKind named = BY_NAME.get(name);
        if (numbered) {
            int number = (int) layout.kind().unsigned(pages, address);
            BlobKind kind = number < BY_NUMBER.length ? BY_NUMBER[number] : BlobKind.OTHER;
            return kind == BlobKind.NMETHOD && named == BlobKind.NATIVE_NMETHOD ? named : kind;
        }
        if (named != null) {
            return named;
        }
        if (!vtables.isEmpty()) {
            return ofClass(vtables.getOrDefault(pages.i64(address), ""));
        }
        return ofName(name);
    }

    private static BlobKind ofClass(String name) {
        return switch (name) {
            case "BufferBlob" -> BlobKind.BUFFER;
            case "RuntimeStub" -> BlobKind.RUNTIME_STUB;
            // JDK 17 calls it OptimizedEntryBlob.
            case "UpcallStub", "OptimizedEntryBlob" -> BlobKind.UPCALL;
            default -> BlobKind.OTHER;
        };
    }

    private static BlobKind ofName(String name) {
        if (name.equals("Interpreter") || name.startsWith("StubRoutines")) {
            return BlobKind.BUFFER;
        }
        return name.startsWith("upcall_stub") || name.startsWith("optimized_upcall_stub")
                ? BlobKind.UPCALL
                : BlobKind.OTHER;
    }
}
