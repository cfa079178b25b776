package dev.sonde.agent.process;

import dev.sonde.agent.count.Counts;
import dev.sonde.agent.label.JavaFacts;
import dev.sonde.agent.label.ProcessLabels;
import dev.sonde.agent.mapping.AddressSpaces;
import dev.sonde.agent.mapping.ExecutableFiles;
import it.unimi.dsi.fastutil.ints.Int2ObjectLinkedOpenHashMap;
import java.nio.file.Path;
import java.util.Optional;
import java.util.function.LongSupplier;
import java.util.function.Supplier;

/**
 * The processes seen in samples, read once and looked after: a process that ended stays known until the table needs the
 * room (the least recently sampled goes first); one that runs another program or changed its name is noticed by the name
 * in its next sample, or, where the name stays the same, soon when it is young and within ten seconds when it is old. One
 * thread at a time.
 */
public final class ProcessTable {

    /**
     * Nanoseconds in a clock tick of {@code /proc/PID/stat}: USER_HZ is 100 on all architectures but alpha
     * (include/uapi/asm-generic/param.h).
     */
    static final long TICK_NANOS = 10_000_000;

    /** A shell that was sampled between fork and exec is looked at again after this time. */
    private static final long FIRST_CHECK_NANOS = 50_000_000;

    private static final long LAST_CHECK_NANOS = 10_000_000_000L;

    /** A process that renames itself without end (prctl(2), PR_SET_NAME) is looked at no more often than this for it. */
    private static final long COMM_CHECK_NANOS = 10_000_000;

    private final ProcessReader reader;
    private final int maxProcesses;
    private final Counts<ProcessEvent> counts;
    private final LongSupplier nanoTime;
    private final Int2ObjectLinkedOpenHashMap<Entry> entries = new Int2ObjectLinkedOpenHashMap<>();

    private static final class Entry {
        private ProcessInfo info;
        private boolean ended;
        private final long firstSeenNanos;
        private long nextCheckNanos;
        private long nextCommCheckNanos;
        private long commLow;
        private long commHigh;

        private Entry(ProcessInfo info, long commLow, long commHigh, long now) {
            this.info = info;
            this.commLow = commLow;
            this.commHigh = commHigh;
            this.nextCommCheckNanos = now;
            this.firstSeenNanos = now;
            scheduleCheck(now);
        }

        /** Intervals double with age. */
        private void scheduleCheck(long now) {
            nextCheckNanos = now + Math.clamp(now - firstSeenNanos, FIRST_CHECK_NANOS, LAST_CHECK_NANOS);
        }

        /** Whether a sample has another name than the one before: exec changes it, and so may the process. */
        private boolean isRenamed(long sampledLow, long sampledHigh, long now) {
            if ((sampledLow == commLow && sampledHigh == commHigh) || now - nextCommCheckNanos < 0) {
                return false;
            }
            commLow = sampledLow;
            commHigh = sampledHigh;
            nextCommCheckNanos = now + COMM_CHECK_NANOS;
            return true;
        }
    }

    /**
     * @param proc where procfs is mounted
     * @param maxProcesses the bound of the table, at least 1
     * @param nanoTime a monotonic clock, {@code System::nanoTime}
     */
    public ProcessTable(
            Path proc,
            int maxProcesses,
            ProcessLabels labels,
            ExecutableFiles files,
            AddressSpaces addressSpaces,
            Counts<ProcessEvent> counts,
            LongSupplier nanoTime) {
        if (maxProcesses < 1) {
            throw new IllegalArgumentException("processes: " + maxProcesses + " (expected: at least 1)");
        }
        this.reader = new ProcessReader(proc, labels, files, addressSpaces, counts);
        this.maxProcesses = maxProcesses;
        this.counts = counts;
        this.nanoTime = nanoTime;
    }

    /**
     * The process of a sample; never null. Allocates nothing when the process is known.
     *
     * @param pid the process (thread group), in the agent's pid namespace
     * @param startBoottimeNanos {@code start_boottime} of the thread group's leader, by which a reused pid is noticed; 0
     *     when not known
     * @param commLow the first 8 bytes of the sampled name of the thread group's leader
     * @param commHigh the last 8 bytes of it
     * @param comm the sampled name, asked for only when the process is gone
     */
    public ProcessInfo lookup(int pid, long startBoottimeNanos, long commLow, long commHigh, Supplier<String> comm) {
        Entry entry = entries.getAndMoveToLast(pid);
        long now = nanoTime.getAsLong();
        if (entry != null && isSame(entry.info, startBoottimeNanos)) {
            if (entry.isRenamed(commLow, commHigh, now) || now - entry.nextCheckNanos >= 0) {
                check(entry, startBoottimeNanos, now);
            }
            return entry.info;
        }
        ProcessInfo info = read(pid, startBoottimeNanos, comm);
        // A late sample of a process whose pid is another's already does not push that one out.
        if (entry == null || Long.compareUnsigned(entry.info.startTimeTicks(), startBoottimeNanos / TICK_NANOS) <= 0) {
            enter(entry, new Entry(info, commLow, commHigh, now));
        }
        return info;
    }

    /** How many processes are known. */
    public int size() {
        return entries.size();
    }

    /** Has the process looked at again at its next sample: somebody was told that it runs another program or ended. */
    public void invalidate(int pid) {
        Entry entry = entries.get(pid);
        if (entry != null) {
            entry.nextCheckNanos = nanoTime.getAsLong();
        }
    }

    /**
     * Reads a process anew: somebody found that it runs another program, though executable and name are the same.
     *
     * @return the process as it is from now on
     */
    public ProcessInfo readAnew(ProcessInfo info) {
        Entry entry = entries.get(info.pid());
        if (entry == null || entry.info != info) {
            return info;
        }
        replace(entry);
        if (entry.info != info) {
            counts.increment(ProcessEvent.EXECUTED);
        }
        return entry.info;
    }

    /**
     * Takes over what the JVM of a process tells: its further samples belong to another series.
     *
     * @return the process as it is from now on
     */
    public ProcessInfo learn(ProcessInfo info, JavaFacts java) {
        ProcessInfo learnt = reader.withJava(info, java);
        Entry entry = entries.get(info.pid());
        if (entry != null && entry.info == info) {
            entry.info = learnt;
        }
        return learnt;
    }

    private static boolean isSame(ProcessInfo info, long startBoottimeNanos) {
        return startBoottimeNanos == 0 || info.startTimeTicks() == startBoottimeNanos / TICK_NANOS;
    }

    private ProcessInfo read(int pid, long startBoottimeNanos, Supplier<String> comm) {
        Optional<ProcessInfo> read = reader.read(pid).filter(info -> isSame(info, startBoottimeNanos));
        if (read.isEmpty()) {
            counts.increment(ProcessEvent.GONE);
        }
        return read.isPresent() ? read.get() : reader.gone(pid, startBoottimeNanos / TICK_NANOS, comm.get());
    }

    private void enter(Entry other, Entry entry) {
        if (other != null) {
            counts.increment(ProcessEvent.PID_REUSED);
        }
        entries.putAndMoveToLast(entry.info.pid(), entry);
        if (entries.size() > maxProcesses) {
            entries.removeFirst();
            counts.increment(ProcessEvent.EVICTED);
        }
    }

    private void check(Entry entry, long startBoottimeNanos, long now) {
        ProcessInfo info = entry.info;
        entry.scheduleCheck(now);
        Optional<ProcessStat> stat = reader.stat(info.pid());
        boolean ended = stat.isEmpty() || stat.get().ended();
        if (ended || stat.get().startTimeTicks() != info.startTimeTicks()) {
            if (!entry.ended && !info.gone()) {
                counts.increment(ProcessEvent.ENDED);
            }
            entry.ended = true;
            // Only a sample that does not tell its start can be of the pid's next process.
            if (!ended && startBoottimeNanos == 0) {
                counts.increment(ProcessEvent.PID_REUSED);
                replace(entry);
            }
        } else if (!info.executable().equals(reader.executable(info.pid()))) {
            counts.increment(ProcessEvent.EXECUTED);
            replace(entry);
        } else if (!info.comm().equals(stat.get().seriesComm())) {
            counts.increment(ProcessEvent.RENAMED);
            replace(entry);
        }
    }

    private void replace(Entry entry) {
        Optional<ProcessInfo> read = reader.read(entry.info.pid());
        if (read.isPresent()) {
            entry.info = read.get();
            entry.ended = false;
        }
    }
}
