package dev.sonde.agent.jvm.names;

import dev.sonde.agent.jvm.layout.OriginLayout;
import dev.sonde.agent.jvm.layout.VmLayout;
import dev.sonde.agent.jvm.memory.MemoryPages;
import dev.sonde.agent.jvm.memory.ProcessReadException;
import it.unimi.dsi.fastutil.longs.Long2ObjectOpenHashMap;

/**
 * The modules of classes: InstanceKlass::_package_entry, PackageEntry::_module, ModuleEntry::_name. No table tells where
 * these fields stand. In java.lang.Object's class, its package and its module, which are known, the values do: a pointer
 * to java.base's entry beside the name {@code java/lang}, and the name {@code java.base}. None of it is on the heap, so it
 * is there with every collector. One thread at a time.
 */
final class ModuleNames {

    private static final String BASE = "java.base";
    private static final String BASE_PACKAGE = "java/lang";

    /** PackageEntry and ModuleEntry have some dozen fields, the pointers that are looked for among the first. */
    private static final int WORDS = 24;

    /** The JVM settles its modules before it runs the application; so many rounds are looked in until then. */
    private static final int TRIES = 20;

    /** Applications have some hundred modules. */
    private static final int MAX_NAMES = 1024;

    private final OriginLayout layout;
    private final MemoryPages pages;
    private final SymbolReader symbols;
    private final Long2ObjectOpenHashMap<String> names = new Long2ObjectOpenHashMap<>();
    private int tries;
    private boolean tried;
    private int packageAt = VmLayout.ABSENT;
    private int moduleAt;
    private int nameAt;

    ModuleNames(OriginLayout layout, MemoryPages pages, SymbolReader symbols) {
        this.layout = layout;
        this.pages = pages;
        this.symbols = symbols;
    }

    /** The name of a class's module; empty for an unnamed one, and where it cannot be told; null where it may be later. */
    String of(long klass) throws ProcessReadException {
        if (packageAt == VmLayout.ABSENT && !find()) {
            return mayBeFound() ? null : "";
        }
        // Null: the unnamed package, which only the unnamed module may have (JLS 7.4.2).
        long entry = pages.i64(klass + packageAt);
        long module = entry == 0 ? 0 : pages.i64(entry + moduleAt);
        if (module == 0) {
            return "";
        }
        long name = pages.i64(module + nameAt);
        if (name == 0) {
            return "";
        }
        String known = names.get(name);
        if (known == null) {
            known = symbols.text(name);
            if (names.size() >= MAX_NAMES) {
                names.clear();
            }
            names.put(name, known);
        }
        return known;
    }

    void beginRound() {
        tried = false;
    }

    /** From now on names are read again: modules may have gone, and others be where they were. */
    void forget() {
        names.clear();
    }

    private boolean mayBeFound() {
        return tries < TRIES
                && layout.javaBaseModule() != VmLayout.ABSENT_ADDRESS
                && layout.objectKlass() != VmLayout.ABSENT_ADDRESS;
    }

    private boolean find() {
        if (tried || !mayBeFound()) {
            return false;
        }
        tried = true;
        tries++;
        try {
            long base = pages.i64(layout.javaBaseModule());
            long object = pages.i64(layout.objectKlass());
            return base != 0 && object != 0 && find(base, object);
        } catch (ProcessReadException e) {
            return false;
        }
    }

    private boolean find(long base, long object) {
        int name = placeOfSymbol(base, BASE);
        for (int at = 0; name != VmLayout.ABSENT && at < layout.klassBytes(); at += Long.BYTES) {
            long entry = word(object + at);
            int module = entry == 0 || placeOfSymbol(entry, BASE_PACKAGE) == VmLayout.ABSENT
                    ? VmLayout.ABSENT
                    : placeOf(entry, base);
            if (module != VmLayout.ABSENT) {
                nameAt = name;
                moduleAt = module;
                packageAt = at;
                return true;
            }
        }
        return false;
    }

    private int placeOf(long object, long value) {
        for (int at = 0; at < WORDS * Long.BYTES; at += Long.BYTES) {
            if (word(object + at) == value) {
                return at;
            }
        }
        return VmLayout.ABSENT;
    }

    private int placeOfSymbol(long object, String text) {
        for (int at = 0; at < WORDS * Long.BYTES; at += Long.BYTES) {
            if (isSymbol(word(object + at), text)) {
                return at;
            }
        }
        return VmLayout.ABSENT;
    }

    private boolean isSymbol(long address, String text) {
        try {
            return address != 0 && symbols.is(address, text);
        } catch (ProcessReadException e) {
            return false;
        }
    }

    /** 0 where nothing can be read. */
    private long word(long address) {
        try {
            return pages.i64(address);
        } catch (ProcessReadException e) {
            return 0;
        }
    }
}
