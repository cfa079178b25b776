package dev.sonde.agent.aggregate;

import dev.sonde.model.Labels;
import dev.sonde.model.ValueType;
import dev.sonde.pprof.Profile;
import dev.sonde.pprof.ProfileBuilder;
import dev.sonde.symbolizer.elf.LoadSegment;
import dev.sonde.symbolizer.symbolize.FrameLine;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/**
 * The pprof profiles of a window: type {@code cpu}, each sample's count and CPU time.
 *
 * <p>A location that is still to be named has the ELF virtual address; its mapping is the load segment in the terms of
 * the ELF file (start = p_vaddr, offset = p_offset), not of a process, so that equal code is equal everywhere.
 */
public final class WindowProfile {

    private static final List<ValueType> SAMPLE_TYPES =
            List.of(new ValueType("samples", "count"), new ValueType("cpu", "nanoseconds"));
    private static final int DEFAULT_SAMPLE_TYPE = 1;

    /** Sonde's server takes 64 labels of a sample. */
    private static final int TIMES_OF_A_SAMPLE = 32;

    private final long periodNanos;
    private final LocationNames names;

    /**
     * @param periodNanos CPU time between two samples
     * @param names how native code is named
     */
    public WindowProfile(long periodNanos, LocationNames names) {
        this.periodNanos = periodNanos;
        this.names = names;
    }

    /**
     * The profile of one series. Labels of the series are not in it.
     *
     * @param endMonotonicNanos when the window ended
     */
    public Profile ofSeries(Window<?> window, int series, long endMonotonicNanos) {
        return new Build(window).profile(series, endMonotonicNanos);
    }

    /** One profile of all series, whose labels stand at the samples, with the numbers of process and thread. */
    public Profile ofAll(Window<?> window, long endMonotonicNanos) {
        return new Build(window).profile(ALL, endMonotonicNanos);
    }

    private static final int ALL = -1;

    private final class Build {
        private final Window<?> window;
        private final ProfileBuilder builder = new ProfileBuilder(SAMPLE_TYPES);
        private final int[] locations;

        Build(Window<?> window) {
            this.window = window;
            this.locations = new int[window.locationCount()];
            Arrays.fill(locations, Profile.NONE);
        }

        Profile profile(int series, long endMonotonicNanos) {
            programFirst(series);
            for (int i = 0; i < window.size(); i++) {
                if (series == ALL || window.seriesOf(i) == series) {
                    addSample(i, series == ALL);
                }
            }
            return builder.build(
                    DEFAULT_SAMPLE_TYPE,
                    SAMPLE_TYPES.get(DEFAULT_SAMPLE_TYPE),
                    periodNanos,
                    window.startWallNanos(),
                    endMonotonicNanos - window.startMonotonicNanos());
        }

        /**
         * pprof takes the first mapping for the main program's, as Go's and gperftools' profiles have it: the program of
         * the most frequent stack is made that.
         */
        private void programFirst(int series) {
            int first = Profile.NONE;
            for (int i = 0; i < window.size(); i++) {
                boolean candidate =
                        (series == ALL || window.seriesOf(i) == series) && window.program(window.seriesOf(i)) != null;
                if (candidate && (first == Profile.NONE || window.countOf(i) > window.countOf(first))) {
                    first = i;
                }
            }
            if (first != Profile.NONE) {
                mapping(window.program(window.seriesOf(first)));
            }
        }

        /**
         * A sample is told in parts: the label {@code at} has a value for each time that it was taken, and readers bound
         * the labels of one.
         */
        private void addSample(int sample, boolean seriesAsLabels) {
            SampleTimes times = window.times();
            int entry = times.newest(sample);
            long left = window.countOf(sample);
            while (entry != SampleTimes.NONE) {
                stackAndLabels(sample, seriesAsLabels);
                int part = 0;
                while (entry != SampleTimes.NONE && part < TIMES_OF_A_SAMPLE) {
                    builder.label("at", times.offsetMillis(entry), "milliseconds");
                    entry = times.previous(entry);
                    part++;
                }
                builder.endSample(part, part * periodNanos);
                left -= part;
            }
            if (left > 0) {
                stackAndLabels(sample, seriesAsLabels);
                builder.endSample(left, left * periodNanos);
            }
        }

        private void stackAndLabels(int sample, boolean seriesAsLabels) {
            for (int frame = 0; frame < window.depthOf(sample); frame++) {
                builder.frame(location(window.locationOf(sample, frame)));
            }
            SampleLabels labels = window.labelsOf(sample);
            if (!labels.thread().isEmpty()) {
                builder.label("thread", labels.thread());
            }
            builder.label("thread_role", labels.role());
            if (!labels.vmState().isEmpty()) {
                builder.label("vm_state", labels.vmState());
            }
            if (seriesAsLabels) {
                Labels series = window.series(window.seriesOf(sample));
                series.forEach(builder::label);
                builder.label("pid", labels.pid(), "");
                builder.label("tid", labels.tid(), "");
            }
        }

        private int location(int number) {
            if (locations[number] == Profile.NONE) {
                locations[number] = add(number);
            }
            return locations[number];
        }

        private int add(int number) {
            CodeLocation location = window.location(number);
            CodeMapping mapping = location.mapping();
            List<ProfileBuilder.Line> lines = new ArrayList<>();
            for (CodeLocation.Line line : location.lines()) {
                CodeLocation.Function function = line.function();
                lines.add(line(function.name(), function.systemName(), function.file(), line.line()));
            }
            if (lines.isEmpty()) {
                for (FrameLine line : names.lines(number)) {
                    lines.add(line(line.name(), line.systemName(), "", 0));
                }
            }
            return builder.location(mapping(mapping), location.address(), lines);
        }

        private ProfileBuilder.Line line(String name, String systemName, String file, int number) {
            return new ProfileBuilder.Line(builder.function(name, systemName, file, 0), number);
        }

        private int mapping(CodeMapping mapping) {
            if (mapping.name().isEmpty()) {
                return Profile.NONE;
            }
            LoadSegment segment = mapping.segment();
            if (segment == null) {
                return builder.mapping(0, 0, 0, mapping.name(), "", true);
            }
            return builder.mapping(
                    segment.vaddr(),
                    segment.vaddr() + segment.memorySizeBytes(),
                    segment.offset(),
                    mapping.name(),
                    mapping.file().buildId().hex(),
                    false);
        }
    }
}
