package dev.sonde.agent.quality;

import dev.sonde.agent.aggregate.CodeLocation;
import dev.sonde.agent.aggregate.RawSample;
import dev.sonde.agent.kernel.StackOutcome;
import dev.sonde.agent.mapping.Mapping;
import dev.sonde.agent.mapping.MappingKind;
import dev.sonde.agent.mapping.Mappings;
import dev.sonde.agent.process.ProcessInfo;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.function.LongSupplier;

/**
 * Counts user stacks by process, and by each file that they pass through: how many, how many reached their root, where
 * and why the others ended. A stack that ended early counts against its process and the file of its last frame. Files
 * are told apart by what processes call them. Bounded; allocates nothing a stack whose process and files are known.
 * Safe for use by several threads.
 */
public final class StackQuality implements StackAccount {

    /** Some 300 bytes each where stacks ended early, and their names. */
    static final int MAX_PROCESSES = 1000;

    static final int MAX_FILES = 2000;

    private static final String NOT_MAPPED = "[not mapped]";
    private static final String ANONYMOUS = "[anonymous]";

    /** No user frame at all: what the kernel could not read. */
    private static final String NOWHERE = "[no user frame]";

    private final LongSupplier nanoTime;
    private final TallyTable<ProcessKey> processes = new TallyTable<>(MAX_PROCESSES);
    private final TallyTable<String> files = new TallyTable<>(MAX_FILES);
    private final ProcessKey key = new ProcessKey();
    private long stacks;
    private long complete;

    /** @param nanoTime a monotonic clock, {@code System::nanoTime} */
    public StackQuality(LongSupplier nanoTime) {
        this.nanoTime = nanoTime;
    }

    @Override
    public synchronized void add(ProcessInfo process, RawSample stack, StackOutcome outcome) {
        boolean isComplete = outcome == StackOutcome.COMPLETE;
        if (isComplete && stack.depth() == stack.kernelDepth()) {
            // A thread of the kernel: it has no user side.
            return;
        }
        long now = nanoTime.getAsLong();
        stacks++;
        complete += isComplete ? 1 : 0;
        Tally tally = tally(process, now);
        tally.count(stacks, isComplete, now);
        countFiles(stack, process.addressSpace().mappings(), isComplete, now);
        if (!isComplete) {
            String file = lastFile(stack, process.addressSpace().mappings());
            long offset = lastOffset(stack, process.addressSpace().mappings());
            tally.ended(outcome, file, offset);
            file(file, now).ended(outcome, file, offset);
        }
    }

    private void countFiles(RawSample stack, Mappings mappings, boolean isComplete, long now) {
        Mapping last = null;
        String counted = null;
        for (int i = stack.kernelDepth(); i < stack.depth(); i++) {
            CodeLocation known = stack.location(i);
            if (known == null && counted != null && last != null && last.contains(stack.lookupAddress(i))) {
                continue;
            }
            last = known == null ? mappings.find(stack.lookupAddress(i)) : null;
            String name = known == null ? name(last) : known.mapping().name();
            if (!name.equals(counted)) {
                counted = name;
                file(name, now).count(stacks, isComplete, now);
            }
        }
        if (counted == null) {
            file(NOWHERE, now).count(stacks, isComplete, now);
        }
    }

    /** What the last frame lies in. */
    private static String lastFile(RawSample stack, Mappings mappings) {
        int last = stack.depth() - 1;
        if (last < stack.kernelDepth()) {
            return NOWHERE;
        }
        CodeLocation known = stack.location(last);
        return known == null
                ? name(mappings.find(stack.lookupAddress(last)))
                : known.mapping().name();
    }

    /** Where in its file the last frame is, or its address; 0 where neither tells anything from run to run. */
    private static long lastOffset(RawSample stack, Mappings mappings) {
        int last = stack.depth() - 1;
        if (last < stack.kernelDepth() || stack.location(last) != null) {
            return 0;
        }
        long address = stack.lookupAddress(last);
        Mapping mapping = mappings.find(address);
        return mapping != null && mapping.kind() == MappingKind.FILE ? mapping.fileOffsetOf(address) : address;
    }

    private Tally tally(ProcessInfo process, long now) {
        Tally known = processes.find(key.set(process.pid(), process.startTimeTicks()));
        if (known == null) {
            return processes.add(key.copy(), new Tally(process.comm(), process.executable()), now);
        }
        known.rename(process.comm(), process.executable());
        return known;
    }

    private Tally file(String name, long now) {
        Tally known = files.find(name);
        return known == null ? files.add(name, new Tally(name, ""), now) : known;
    }

    private static String name(Mapping mapping) {
        if (mapping == null) {
            return NOT_MAPPED;
        }
        return mapping.path().isEmpty() ? ANONYMOUS : mapping.path();
    }

    /** What was counted so far, the most sampled first. From any thread. */
    public QualityReport report() {
        List<QualityReport.Line> byProcess = new ArrayList<>();
        List<QualityReport.Line> byFile = new ArrayList<>();
        QualityReport report;
        synchronized (this) {
            processes.forEach((process, tally) -> byProcess.add(tally.line(process.pid())));
            files.forEach((_, tally) -> byFile.add(tally.line(0)));
            report = new QualityReport(
                    stacks, complete, processes.evicted(), files.evicted(), byProcess, byFile, List.of());
        }
        Comparator<QualityReport.Line> mostSampled =
                Comparator.comparingLong(QualityReport.Line::samples).reversed();
        byProcess.sort(mostSampled);
        byFile.sort(mostSampled);
        return report;
    }
}
