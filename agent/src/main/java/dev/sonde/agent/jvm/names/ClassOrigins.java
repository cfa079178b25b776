package dev.sonde.agent.jvm.names;

import dev.sonde.agent.jvm.layout.VmLayout;
import dev.sonde.agent.jvm.memory.MemoryPages;
import dev.sonde.agent.jvm.memory.ProcessMemory;
import dev.sonde.agent.jvm.memory.ProcessReadException;
import it.unimi.dsi.fastutil.longs.Long2ObjectOpenHashMap;

/**
 * Where classes came from: their module, {@code java.base}, or for those in none their jar, {@code shop-api.jar}. One
 * thread at a time.
 */
final class ClassOrigins {

    /** Many methods of few classes are named in a row. */
    private static final int MAX_CLASSES = 1024;

    private final ModuleNames modules;
    private final JarNames jars;
    private final Long2ObjectOpenHashMap<String> known = new Long2ObjectOpenHashMap<>();

    ClassOrigins(VmLayout layout, ProcessMemory memory, MemoryPages pages) {
        modules = new ModuleNames(layout.origin(), pages, new SymbolReader(layout.method(), pages));
        jars = new JarNames(layout, memory, pages);
    }

    /** The origin of a class; empty where it has none that can be told; null where it cannot be told just now. */
    String of(long klass) throws ProcessReadException {
        String origin = known.get(klass);
        if (origin == null) {
            String module = modules.of(klass);
            origin = module != null && module.isEmpty() ? jars.of(klass) : module;
            if (origin != null) {
                if (known.size() >= MAX_CLASSES) {
                    known.clear();
                }
                known.put(klass, origin);
            }
        }
        return origin;
    }

    void beginRound() {
        modules.beginRound();
        jars.beginRound();
    }

    /** Classes may have gone since, and others be where they were. */
    void forget() {
        known.clear();
        modules.forget();
    }
}
