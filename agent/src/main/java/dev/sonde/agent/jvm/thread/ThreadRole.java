package dev.sonde.agent.jvm.thread;

import java.util.Locale;

/** What a thread of a JVM is there for. */
public enum ThreadRole {
    /** It runs the application, or anything that a library started. */
    APP,
    /** It collects garbage. */
    GC,
    /** It compiles methods. */
    JIT,
    /** It does the virtual machine's other work. */
    VM;

    /**
     * The threads of HotSpot by the beginnings of their names, of which the kernel keeps 15 bytes; JDK 8 to 25, all
     * collectors (set_name() and os::naked_short names in src/hotspot/share). A name that ends in # or a hyphen has a
     * number behind it, one that is cut has its rest.
     */
    private static final String[] GC_NAMES = {
        "GC Thread#",
        "G1 ",
        "Gang worker#",
        "GC Daemon",
        "Parallel GC Thr",
        "ParGC Thread#",
        "Concurrent Mark",
        "Concurrent GC ",
        "CMS ",
        "Surrogate Locke",
        "ZDriver",
        "ZDirector",
        "ZStat",
        "ZUncommitter",
        "ZUnmapper",
        "ZWorker",
        "XDriver",
        "XDirector",
        "XStat",
        "XUncommitter",
        "XUnmapper",
        "XWorker",
        "RuntimeWorker#",
        "Shenandoah",
        "StringDedup",
    };

    private static final String[] JIT_NAMES = {
        "C1 CompilerThre", "C2 CompilerThre", "JVMCI Compiler", "JVMCI-native Co", "Sweeper thread",
    };

    private static final String[] VM_NAMES = {
        "VM Thread",
        "VM Periodic Tas",
        "Signal Dispatch",
        "Service Thread",
        "Monitor Deflati",
        "Notification Th",
        "Attach Listener",
        "Reference Handl",
        "Finalizer",
        "Common-Cleaner",
        "Logging Thread",
        "AsyncLog Thread",
        "DestroyJavaVM",
        "JDWP ",
    };

    /** The word of the label {@code thread_role}. */
    public String word() {
        return name().toLowerCase(Locale.ROOT);
    }

    /**
     * The role of a thread of a JVM by its name, whole or as the kernel has it. Any thread may call itself so: a thread of
     * the application that does is taken for what it says.
     */
    public static ThreadRole ofName(String name) {
        if (startsWithAny(name, GC_NAMES)) {
            return GC;
        }
        if (startsWithAny(name, JIT_NAMES)) {
            return JIT;
        }
        return startsWithAny(name, VM_NAMES) ? VM : APP;
    }

    private static boolean startsWithAny(String name, String[] beginnings) {
        for (String beginning : beginnings) {
            if (name.startsWith(beginning)) {
                return true;
            }
        }
        return false;
    }
}
