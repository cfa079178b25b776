package dev.sonde.agent.unwind.copied;

import dev.sonde.agent.kernel.CodeRequests;
import dev.sonde.agent.kernel.code.FileId;
import dev.sonde.agent.kernel.code.JvmImage;
import dev.sonde.agent.kernel.code.MappedArea;
import dev.sonde.agent.kernel.code.ProcessCode;
import dev.sonde.agent.unwind.host.HostCode;
import dev.sonde.agent.unwind.host.HostJvm;
import dev.sonde.agent.unwind.host.HostMapping;
import dev.sonde.agent.unwind.host.HostTable;
import java.io.IOException;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/** What a process had mapped at a time, and the tables of its files as far as a stack has needed them. */
final class ProcessView {

    /** Listing costs some 100 us: once in so long for a process whose stacks all want one table. */
    private static final long TRUSTED_NANOS = 1_000_000_000L;

    private final long timeNanos;
    private ProcessCode code;
    private final Map<FileId, Optional<HostTable>> tables = new HashMap<>();
    private HostCode hostCode;
    private HostCode waitingCode;
    private JvmImage jvm;

    /**
     * @param timeNanos when the code was listed, CLOCK_MONOTONIC
     */
    ProcessView(ProcessCode code, long timeNanos) {
        this.code = code;
        this.timeNanos = timeNanos;
    }

    ProcessCode code() {
        return code;
    }

    boolean isOlderThan(CopiedStack stack) {
        return timeNanos - stack.timeNanos() < 0;
    }

    /**
     * Whether a stack may be unwound by this without asking what the process has mapped now. What was met of a process
     * shows for a while that it still runs the program; it may have unloaded a library, and loaded another there.
     */
    boolean serves(CopiedStack stack) {
        if (isOlderThan(stack) && (stack.areas().isEmpty() || stack.timeNanos() - timeNanos >= TRUSTED_NANOS)) {
            return false;
        }
        return fits(stack);
    }

    /**
     * Whether the stack's process had this mapped: it may have run another program, or the pid be another's. What was
     * mapped between the listing and the sample is missing here; what was met of it the sample brings.
     */
    boolean fits(CopiedStack stack) {
        boolean common = stack.areas().isEmpty();
        for (MappedArea area : stack.areas()) {
            if (code.areas().contains(area)) {
                common = true;
            } else if (overlaps(area)) {
                return false;
            }
        }
        return common && code.processStartNanos() == stack.processStartNanos();
    }

    private boolean overlaps(MappedArea other) {
        for (MappedArea area : code.areas()) {
            if (Long.compareUnsigned(area.start(), other.end()) < 0
                    && Long.compareUnsigned(other.start(), area.end()) < 0) {
                return true;
            }
        }
        return false;
    }

    /** How many areas it has. */
    int areas() {
        return code.areas().size();
    }

    /** Adds what a fitting stack met that is not known, but not to more than are listed of a process. */
    void learn(CopiedStack stack) {
        if (areas() >= CodeRequests.MAX_AREAS || code.areas().containsAll(stack.areas())) {
            return;
        }
        List<MappedArea> all = new ArrayList<>(code.areas());
        for (MappedArea area : stack.areas()) {
            if (!all.contains(area)) {
                all.add(area);
            }
        }
        all.sort((a, b) -> Long.compareUnsigned(a.start(), b.start()));
        code = code.withAreas(all);
        changed();
    }

    /** The area of an address; null outside of all. */
    MappedArea areaOf(long address) {
        List<MappedArea> areas = code.areas();
        int low = 0;
        int high = areas.size();
        while (low < high) {
            int middle = (low + high) >>> 1;
            if (Long.compareUnsigned(areas.get(middle).start(), address) <= 0) {
                low = middle + 1;
            } else {
                high = middle;
            }
        }
        return low > 0 && Long.compareUnsigned(address, areas.get(low - 1).end()) < 0 ? areas.get(low - 1) : null;
    }

    /** The files' code that a stack goes through, its leaf first; a caller's address is the one behind its call. */
    List<MappedArea> filesOf(long[] addresses) {
        Set<MappedArea> met = new LinkedHashSet<>();
        for (int i = 0; i < addresses.length; i++) {
            MappedArea area = areaOf(i == 0 ? addresses[i] : addresses[i] - 1);
            if (area != null && !area.file().equals(FileId.NONE) && !area.file().isVdso()) {
                met.add(area);
            }
        }
        return List.copyOf(met);
    }

    boolean hasTable(FileId file) {
        return tables.containsKey(file);
    }

    /**
     * @param table empty where the file has none
     */
    void addTable(FileId file, Optional<HostTable> table) {
        tables.put(file, table);
        changed();
    }

    void forgetTables() {
        tables.clear();
        changed();
    }

    /**
     * For the unwinder; with the tables that were added so far.
     *
     * @param jvmNow what is known of the process's JVM; null for none
     * @throws IOException when the JVM's table cannot be read
     */
    @SuppressWarnings("ReferenceEquality") // another image has another table, equal as its numbers may be
    HostCode hostCode(JvmImage jvmNow) throws IOException {
        if (hostCode == null || jvm != jvmNow) {
            hostCode = build(jvmNow, HostMapping.NO_TABLE);
            jvm = jvmNow;
        }
        return hostCode;
    }

    /**
     * The same where code of no file may be a JVM's that will be known: a stack ends there, as where a table is missing.
     */
    HostCode waitingCode() throws IOException {
        if (waitingCode == null) {
            waitingCode = build(null, HostMapping.TABLE_MISSING);
        }
        return waitingCode;
    }

    private void changed() {
        hostCode = null;
        waitingCode = null;
    }

    /** @param unnamed what stands for the table of code of no file */
    private HostCode build(JvmImage jvmNow, int unnamed) throws IOException {
        List<HostMapping> mappings = new ArrayList<>();
        List<HostTable> used = new ArrayList<>();
        Map<FileId, Integer> numbers = new HashMap<>();
        tables.forEach((file, table) -> {
            numbers.put(file, table.isPresent() ? used.size() : HostMapping.NO_TABLE);
            table.ifPresent(used::add);
        });
        numbers.put(FileId.NONE, unnamed);
        long covered = 0;
        for (MappedArea area : code.areas()) {
            addRest(mappings, covered, area.start());
            int table = numbers.getOrDefault(area.file(), HostMapping.TABLE_MISSING);
            mappings.add(new HostMapping(area.start(), area.end(), area.fileOffset(), true, table));
            covered = area.end();
        }
        addRest(mappings, covered, Long.MAX_VALUE);
        return new HostCode(mappings, used, code.stackTop(), jvmNow == null ? null : new HostJvm(jvmNow));
    }

    /** Between its code lies the process's other memory; the stack among it bounds frame pointers. */
    private static void addRest(List<HostMapping> mappings, long from, long to) {
        if (Long.compareUnsigned(from, to) < 0) {
            mappings.add(new HostMapping(from, to, 0, false, HostMapping.NO_TABLE));
        }
    }
}
