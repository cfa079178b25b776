package dev.sonde.agent.unwind.copied;

import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.Map;

/** What processes had mapped, by their pids. Bounded, the least recently used goes first. One thread at a time. */
final class ProcessViews {

    /** Processes whose code is remembered: those that began in the last tenths of a second, some kilobytes each. */
    static final int MAX_PROCESSES = 256;

    /** Areas of all of them, some 100 bytes each: as many processes have a hundred each. */
    static final int MAX_AREAS = 32_768;

    private final Map<Integer, ProcessView> views = new LinkedHashMap<>(16, 0.75f, true);

    /** The one of a pid; null when none is known. */
    ProcessView get(int pid) {
        return views.get(pid);
    }

    /** Remembers one in place of what was known. It stays when others have to go for it. */
    void put(int pid, ProcessView view) {
        views.put(pid, view);
        trim();
    }

    /** Forgets what is too much, after a view has grown. */
    void trim() {
        long areas = 0;
        for (ProcessView view : views.values()) {
            areas += view.areas();
        }
        Iterator<ProcessView> eldest = views.values().iterator();
        while (views.size() > 1 && (views.size() > MAX_PROCESSES || areas > MAX_AREAS)) {
            areas -= eldest.next().areas();
            eldest.remove();
        }
    }

    /** Forgets the tables, not the areas. */
    void forgetTables() {
        views.values().forEach(ProcessView::forgetTables);
    }

    void clear() {
        views.clear();
    }
}
