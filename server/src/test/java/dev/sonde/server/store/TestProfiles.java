package dev.sonde.server.store;

import dev.sonde.model.Labels;
import dev.sonde.model.Selector;
import dev.sonde.model.SelectorException;
import dev.sonde.model.TimeRange;
import dev.sonde.model.ValueType;
import dev.sonde.pprof.Profile;
import dev.sonde.pprof.ProfileBuilder;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/** Small profiles for tests. */
public final class TestProfiles {

    /** The day on which tests play. */
    public static final long DAY = Instant.parse("2026-11-21T00:00:00Z").getEpochSecond() * 1_000_000_000L;

    public static final long SECOND = 1_000_000_000L;
    public static final long HOUR = 3_600 * SECOND;

    /** What Go's and Sonde's CPU profiles have. */
    public static final List<ValueType> CPU =
            List.of(new ValueType("samples", "count"), new ValueType("cpu", "nanoseconds"));

    private static final long PERIOD = 10_000_000;

    private final ProfileBuilder builder;
    private final List<ValueType> types;

    private TestProfiles(List<ValueType> types) {
        this.types = types;
        this.builder = new ProfileBuilder(types);
    }

    /** A CPU profile under way. */
    public static TestProfiles cpu() {
        return new TestProfiles(CPU);
    }

    /** A profile under way of other sample types, the last of which is the default one. */
    public static TestProfiles of(ValueType... types) {
        return new TestProfiles(List.of(types));
    }

    /** Adds a CPU sample {@code root;...;leaf}, seen so often. */
    public TestProfiles sample(String stack, long count, String... labels) {
        return values(stack, new long[] {count, count * PERIOD}, labels);
    }

    /** Adds a sample with these values. */
    public TestProfiles values(String stack, long[] values, String... labels) {
        String[] names = stack.isEmpty() ? new String[0] : stack.split(";", -1);
        for (int i = names.length - 1; i >= 0; i--) {
            builder.frame(location(names[i]));
        }
        for (int i = 0; i < labels.length; i += 2) {
            builder.label(labels[i], labels[i + 1]);
        }
        builder.endSample(values);
        return this;
    }

    /** Adds a CPU sample with a number label. */
    public TestProfiles sampleAt(String stack, long millis) {
        for (String name : List.of(stack.split(";", -1)).reversed()) {
            builder.frame(location(name));
        }
        builder.label("at", millis, "milliseconds").endSample(1, PERIOD);
        return this;
    }

    /** A named location, of a file that its name tells; {@code a+b} is b inlined into a; {@code 0x12} has no name. */
    private int location(String name) {
        int mapping = builder.mapping(0x1000, 0x9000, 0, "/bin/" + name.charAt(0), "abcd", true);
        if (name.startsWith("0x")) {
            return builder.location(mapping, Long.decode(name), List.of());
        }
        List<ProfileBuilder.Line> lines = new ArrayList<>();
        for (String part : List.of(name.split("\\+", -1)).reversed()) {
            lines.add(new ProfileBuilder.Line(builder.function(part, "_" + part, part + ".c", 1), part.length()));
        }
        return builder.location(mapping, 0x1000 + (name.hashCode() & 0xfff), lines);
    }

    /** The profile as pprof. */
    public Profile build(long timeNanos) {
        return builder.build(types.size() - 1, new ValueType("cpu", "nanoseconds"), PERIOD, timeNanos, 10 * SECOND);
    }

    /** The profile as the store takes it. Its id follows from all that is given. */
    public NewProfile at(long timeNanos, String type, String... series) {
        Map<String, String> labels = new TreeMap<>();
        for (int i = 0; i < series.length; i += 2) {
            labels.put(series[i], series[i + 1]);
        }
        Profile profile = build(timeNanos);
        long hash = java.util.Arrays.hashCode(profile.samples().value()) * 31L
                + java.util.Arrays.hashCode(profile.functions().name());
        return new NewProfile(
                new NewProfile.Id(labels.hashCode() * 31L + type.hashCode(), timeNanos * 31 + hash),
                type,
                Labels.of(labels),
                profile);
    }

    /** A question about a range. */
    public static StoreQuery query(String selector, long fromNanos, long toNanos) {
        try {
            return new StoreQuery(Selector.parse(selector), new TimeRange(fromNanos, toNanos));
        } catch (SelectorException e) {
            throw new AssertionError(e);
        }
    }

    /** A question about the day on which tests play, and the days around it. */
    public static StoreQuery query(String selector) {
        return query(selector, DAY - 48 * HOUR, DAY + 72 * HOUR);
    }
}
