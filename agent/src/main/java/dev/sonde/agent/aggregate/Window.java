package dev.sonde.agent.aggregate;

import dev.sonde.agent.count.Counts;
import dev.sonde.model.FrameKind;
import dev.sonde.model.Labels;
import it.unimi.dsi.fastutil.objects.ObjectOpenHashSet;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/**
 * The samples of one window. A sample is looked up by its raw addresses first, which allocates nothing; only a stack not
 * seen before in this window is resolved, at once, while the process's mappings are still those. Resolved samples are
 * counted once per (series, sample labels, locations), so that processes with the same code mapped elsewhere meet. A
 * window without an end resolves its stacks anew each second: code compiled at run time is named after it was first seen.
 *
 * @param <P> a process as the resolver knows it
 */
public final class Window<P> {

    /** Words before the locations in a resolved sample: its series and its labels. */
    private static final int HEADER = 2;

    private static final int FIRST_SAMPLES = 256;

    /** Of the bytes, for times: a long recording goes on without them rather than lose samples. */
    private static final int TIMES_PART = 4;

    /**
     * What an object takes here, with its places in list and hash table: a process's facts and ranges (most are held by
     * the process table too, short-lived ones by the window alone), a series' labels, a thread's, a location, a line of
     * it, a function. Names come on top of threads and functions.
     */
    private static final int PROCESS_BYTES = 4096;

    private static final int SERIES_BYTES = 1024;
    private static final int LABELS_BYTES = 160;
    private static final int LOCATION_BYTES = 160;
    private static final int LINE_BYTES = 32;
    private static final int FUNCTION_BYTES = 96;

    /** A runtime's code map is looked at no more often than once a second. */
    private static final long RESOLVED_FOR_NANOS = 1_000_000_000;

    private static final long NANOS_PER_MILLI = 1_000_000;

    private final SampleResolver<P> resolver;
    private final String[] truncations;
    private final long maxBytes;
    private final Counts<Drop> drops;

    private WindowSchedule.Span span;
    private final Interner<P> processes = new Interner<>();
    private final Interner<Labels> series = new Interner<>();

    /** The program of each series, that of the first process seen whose program is known. */
    private final List<CodeMapping> programs = new ArrayList<>();

    private final Interner<SampleLabels> labels = new Interner<>();
    private final Interner<CodeLocation> locations = new Interner<>();

    /** Those of the locations, to count the bytes of each once. */
    private final ObjectOpenHashSet<CodeLocation.Function> functions = new ObjectOpenHashSet<>();

    private SequenceTable raw = new SequenceTable();
    private int[] sampleOfRaw = new int[FIRST_SAMPLES];
    private SequenceTable samples = new SequenceTable();
    private long[] counts = new long[FIRST_SAMPLES];
    private SampleTimes times = new SampleTimes();
    private long[] resolved = new long[128];
    private long resolveAnewNanos;

    /** Estimated bytes of processes, series, labels and locations. */
    private long objectBytes;

    /**
     * @param truncations the words of the reasons why a stack ends early, by the numbers that raw samples carry
     * @param drops where samples beyond the limits are counted
     */
    Window(SampleResolver<P> resolver, String[] truncations, WindowLimits limits, Counts<Drop> drops) {
        this.resolver = resolver;
        this.truncations = truncations.clone();
        this.drops = drops;
        this.maxBytes = limits.maxBytes();
    }

    /** Empties the window for another span. */
    void open(WindowSchedule.Span newSpan) {
        span = newSpan;
        boolean endless = span.endMonotonicNanos() == Long.MAX_VALUE;
        resolveAnewNanos = endless ? span.startMonotonicNanos() + RESOLVED_FOR_NANOS : Long.MAX_VALUE;
        processes.clear();
        series.clear();
        programs.clear();
        labels.clear();
        locations.clear();
        functions.clear();
        functions.trim();
        objectBytes = 0;
        raw.clear();
        samples.clear();
        times.clear();
        // What grew for another mix of stacks is not to leave this one without room.
        if (bytes() > maxBytes / 2) {
            raw = new SequenceTable();
            samples = new SequenceTable();
            sampleOfRaw = new int[FIRST_SAMPLES];
            counts = new long[FIRST_SAMPLES];
            times = new SampleTimes();
        }
    }

    WindowSchedule.Span span() {
        return span;
    }

    /** Counts a sample, or counts it dropped. */
    void add(long timeNanos, RawSample sample, P process) {
        if (timeNanos >= resolveAnewNanos) {
            resolveAnewNanos = timeNanos + RESOLVED_FOR_NANOS;
            // Raw samples name their process by its number.
            raw.clear();
            objectBytes -= (long) processes.size() * PROCESS_BYTES;
            processes.clear();
        }
        int number = number(process);
        if (number == Interner.NONE) {
            drops.increment(Drop.WINDOW_FULL);
            return;
        }
        sample.seal(number);
        long hash = SequenceTable.hash(sample.words(), sample.length());
        int index = raw.find(hash, sample.words(), sample.length());
        if (index == SequenceTable.NONE) {
            // A resolved sample is never longer than its raw one.
            if (bytesWith(sample.length()) > maxBytes) {
                drops.increment(Drop.WINDOW_FULL);
                return;
            }
            index = raw.add(hash, sample.words(), sample.length());
            if (index == sampleOfRaw.length) {
                sampleOfRaw = Arrays.copyOf(sampleOfRaw, 2 * index);
            }
            // Should resolving fail, the next sample of this stack tries again.
            sampleOfRaw[index] = SequenceTable.NONE;
        }
        if (sampleOfRaw[index] == SequenceTable.NONE) {
            sampleOfRaw[index] = resolve(sample, process);
        }
        counts[sampleOfRaw[index]]++;
        if (times.bytesWith(sampleOfRaw[index]) <= maxBytes / TIMES_PART) {
            times.add(sampleOfRaw[index], offsetMillis(timeNanos));
        }
    }

    private int offsetMillis(long timeNanos) {
        return Math.clamp((timeNanos - span.startMonotonicNanos()) / NANOS_PER_MILLI, 0, Integer.MAX_VALUE);
    }

    /** The process's number, {@link Interner#NONE} where there is no room for another. */
    private int number(P process) {
        int number = processes.find(process);
        if (number == Interner.NONE && bytes() + PROCESS_BYTES <= maxBytes) {
            objectBytes += PROCESS_BYTES;
            number = processes.index(process);
        }
        return number;
    }

    /** Estimated bytes of all that the window holds. */
    long bytes() {
        return raw.bytes() + samples.bytes() + numberBytes() + objectBytes;
    }

    private long bytesWith(int length) {
        return raw.bytesWith(length) + samples.bytesWith(length) + numberBytes() + objectBytes;
    }

    private long numberBytes() {
        return (long) sampleOfRaw.length * Integer.BYTES + (long) counts.length * Long.BYTES + times.bytes();
    }

    private int resolve(RawSample sample, P process) {
        int depth = sample.depth();
        if (resolved.length < HEADER + depth + 1) {
            resolved = new long[2 * (HEADER + depth + 1)];
        }
        resolved[0] = series(process);
        resolved[1] = label(resolver.labels(process, sample));
        for (int i = 0; i < depth; i++) {
            resolved[HEADER + i] = location(place(sample, i, process));
        }
        int length = HEADER + depth;
        if (sample.truncation() != 0) {
            resolved[length++] = location(truncated(sample.truncation()));
        }
        return intern(length);
    }

    private CodeLocation place(RawSample sample, int frame, P process) {
        CodeLocation known = sample.location(frame);
        if (known != null) {
            return known;
        }
        long address = sample.lookupAddress(frame);
        return sample.isKernel(frame) ? resolver.kernel(address) : resolver.user(process, address);
    }

    private int series(P process) {
        int index = series.index(resolver.series(process));
        if (index == programs.size()) {
            programs.add(null);
            objectBytes += SERIES_BYTES;
        }
        if (programs.get(index) == null) {
            programs.set(index, resolver.program(process));
        }
        return index;
    }

    private int label(SampleLabels value) {
        int before = labels.size();
        int index = labels.index(value);
        if (labels.size() > before) {
            objectBytes +=
                    LABELS_BYTES + (long) Character.BYTES * value.thread().length();
        }
        return index;
    }

    private int location(CodeLocation value) {
        int before = locations.size();
        int index = locations.index(value);
        if (locations.size() > before) {
            objectBytes += LOCATION_BYTES + (long) LINE_BYTES * value.lines().size();
            for (CodeLocation.Line line : value.lines()) {
                function(line.function());
            }
        }
        return index;
    }

    /** Many places are in one function, and share its names. */
    private void function(CodeLocation.Function value) {
        if (functions.add(value)) {
            objectBytes += FUNCTION_BYTES + (long) Character.BYTES * value.characters();
        }
    }

    /** The number of the distinct sample. */
    private int intern(int length) {
        long hash = SequenceTable.hash(resolved, length);
        int index = samples.find(hash, resolved, length);
        if (index != SequenceTable.NONE) {
            return index;
        }
        index = samples.add(hash, resolved, length);
        if (index == counts.length) {
            counts = Arrays.copyOf(counts, 2 * index);
        }
        counts[index] = 0;
        return index;
    }

    private CodeLocation truncated(int truncation) {
        return CodeLocation.ofName(
                CodeMapping.ofKind(FrameKind.TRUNCATED), "[truncated: " + truncations[truncation] + "]");
    }

    /** Unix nanoseconds of the start. */
    public long startWallNanos() {
        return span.startWallNanos();
    }

    /** CLOCK_MONOTONIC of the start. */
    public long startMonotonicNanos() {
        return span.startMonotonicNanos();
    }

    /** CLOCK_MONOTONIC of the end; {@code Long.MAX_VALUE} when it has none of its own. */
    public long endMonotonicNanos() {
        return span.endMonotonicNanos();
    }

    /** How many series have samples. */
    public int seriesCount() {
        return series.size();
    }

    /** The labels of a series. */
    public Labels series(int index) {
        return series.get(index);
    }

    /** The program that a series' processes run, null where none is known. */
    public CodeMapping program(int series) {
        return programs.get(series);
    }

    /** How many distinct (series, sample labels, stack) were counted. */
    public int size() {
        return samples.size();
    }

    /** How many samples were counted. */
    public long total() {
        long sum = 0;
        for (int i = 0; i < samples.size(); i++) {
            sum += counts[i];
        }
        return sum;
    }

    /** The series of a distinct sample. */
    public int seriesOf(int sample) {
        return (int) samples.word(samples.start(sample));
    }

    /** The labels of a distinct sample. */
    public SampleLabels labelsOf(int sample) {
        return labels.get((int) samples.word(samples.start(sample) + 1));
    }

    /** How often a distinct sample was counted. */
    public long countOf(int sample) {
        return counts[sample];
    }

    /** When a distinct sample was counted; for fewer than {@link #countOf} where there was no room for more. */
    SampleTimes times() {
        return times;
    }

    /** How many locations a distinct sample has. */
    public int depthOf(int sample) {
        return samples.end(sample) - samples.start(sample) - HEADER;
    }

    /** The number of a location of a distinct sample, counted from the leaf. */
    public int locationOf(int sample, int frame) {
        return (int) samples.word(samples.start(sample) + HEADER + frame);
    }

    /** How many distinct locations there are. */
    public int locationCount() {
        return locations.size();
    }

    /** A location by its number. */
    public CodeLocation location(int number) {
        return locations.get(number);
    }
}
