package dev.sonde.agent.jvm.layout;

import dev.sonde.agent.jvm.memory.MemoryPages;
import dev.sonde.agent.jvm.memory.ProcessReadException;
import it.unimi.dsi.fastutil.longs.LongAVLTreeSet;
import it.unimi.dsi.fastutil.longs.LongArrayList;
import it.unimi.dsi.fastutil.longs.LongLists;
import it.unimi.dsi.fastutil.longs.LongSortedSet;
import java.io.IOException;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/** Static variables of the VM that VMStructs lacks, by their linked names; local symbols, so only where not stripped. */
final class SymbolValues {

    private static final String STUB_ROUTINES = "_ZN12StubRoutines";
    private static final String CATCH_EXCEPTION = "_ZN12StubRoutines22_catch_exception_entryE";

    /** Tables of entries among the fields: by element type, alignment and more; 64 are many. */
    private static final int MAX_FIELD_BYTES = 1024;

    /** All together: JDK 25 has some 400. */
    private static final int MAX_FIELDS = 4096;

    private static final List<String> PREFIXES = List.of(
            STUB_ROUTINES,
            "_ZN17ContinuationEntry",
            "_ZN23InstanceStackChunkKlass16_offset_of_stackE",
            "_ZN26jdk_internal_vm_StackChunk",
            "_ZN28jdk_internal_vm_Continuation",
            "_ZN23java_lang_VirtualThread20_continuation_offsetE",
            "_ZN16java_lang_Thread12_name_offsetE",
            "_ZN16java_lang_String",
            "_ZN6Thread12_thr_currentE",
            "_ZN20SafepointSynchronize6_stateE",
            "_ZN20SafepointSynchronize18_safepoint_counterE",
            "_ZN16ModuleEntryTable16_javabase_moduleE",
            "_ZN15java_lang_Class25_protection_domain_offsetE",
            "_ZN12StubCodeDesc5_listE",
            "_ZN11ZGeneration6_youngE",
            "_ZN11ZGeneration4_oldE",
            "ZPointerRemappedYoungMask",
            "ZPointerRemappedOldMask",
            "_ZTV10BufferBlob",
            "_ZTV11RuntimeStub",
            "_ZTV10UpcallStub",
            "_ZTV18OptimizedEntryBlob");

    /** A vtable's first words are its offset and type (Itanium C++ ABI, 2.5.2); objects point behind them. */
    private static final int VTABLE_PREFIX_BYTES = 16;

    private final Map<String, LibJvm.Symbol> symbols;
    private final MemoryPages pages;
    private final long loadBias;

    private SymbolValues(Map<String, LibJvm.Symbol> symbols, MemoryPages pages, long loadBias) {
        this.symbols = symbols;
        this.pages = pages;
        this.loadBias = loadBias;
    }

    static SymbolValues read(LibJvm libjvm, MemoryPages pages) throws IOException {
        return new SymbolValues(libjvm.symbols(PREFIXES), pages, libjvm.loadBias());
    }

    /** The address of a variable, or {@link VmLayout#ABSENT_ADDRESS}. */
    long address(String name) {
        LibJvm.Symbol found = symbols.get(name);
        return found == null ? VmLayout.ABSENT_ADDRESS : found.address();
    }

    /** Where StubRoutines has its pointers: by symbols, and by what VMStructs lists where libjvm is stripped. */
    VmLayout.Stubs stubs(VmStructs structs) {
        LongSortedSet fields =
                new LongAVLTreeSet(structs.statics("StubRoutines").values());
        for (LibJvm.Symbol field : symbols.values()) {
            if (field.name().startsWith(STUB_ROUTINES)
                    && field.sizeBytes() % Long.BYTES == 0
                    && field.sizeBytes() <= MAX_FIELD_BYTES
                    && fields.size() + field.sizeBytes() / Long.BYTES <= MAX_FIELDS) {
                for (long at = 0; at < field.sizeBytes(); at += Long.BYTES) {
                    fields.add(field.address() + at);
                }
            }
        }
        return new VmLayout.Stubs(LongLists.unmodifiable(new LongArrayList(fields)), address(CATCH_EXCEPTION));
    }

    /** Where in libjvm's thread-local storage a variable stands (elf(5): st_value of STT_TLS), or ABSENT. */
    int threadLocal(String name) {
        LibJvm.Symbol found = symbols.get(name);
        long offset = found == null ? VmLayout.ABSENT : found.address() - loadBias;
        return offset >= 0 && offset <= VmTables.MAX_OBJECT_BYTES ? (int) offset : VmLayout.ABSENT;
    }

    /** The classes by the pointer that their objects begin with. */
    Map<Long, String> vtables(List<String> classes) {
        Map<Long, String> found = new HashMap<>();
        for (String name : classes) {
            long table = address("_ZTV" + name.length() + name);
            if (table != VmLayout.ABSENT_ADDRESS) {
                found.put(table + VTABLE_PREFIX_BYTES, name);
            }
        }
        return found;
    }

    /** The value of an int variable that holds an offset in objects, or ABSENT where there is none or it is not set yet. */
    int offset(String name) {
        LibJvm.Symbol found = symbols.get(name);
        if (found == null) {
            return VmLayout.ABSENT;
        }
        try {
            int value = pages.i32(found.address());
            return value > 0 && value <= VmTables.MAX_OBJECT_BYTES ? value : VmLayout.ABSENT;
        } catch (ProcessReadException e) {
            return VmLayout.ABSENT;
        }
    }
}
