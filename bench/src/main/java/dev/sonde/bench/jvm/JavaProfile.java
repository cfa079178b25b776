package dev.sonde.bench.jvm;

import dev.sonde.pprof.Profile;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.SplittableRandom;
import java.util.regex.Pattern;

/**
 * The Java methods of a profile: of each sample that has any, the one nearest to the leaf, and all of them.
 *
 * @param samples with a Java frame
 * @param first by name: samples of which it is the first Java frame from the leaf
 * @param inclusive by name: samples that it is in
 * @param broken samples whose stacks end before their root, so that methods may be missing
 * @param brokenInclusive by name: those of them that it is in
 */
record JavaProfile(
        long samples,
        Map<String, Long> first,
        Map<String, Long> inclusive,
        long broken,
        Map<String, Long> brokenInclusive) {

    /** One without samples. */
    static final JavaProfile NONE = new JavaProfile(0, Map.of(), Map.of(), 0, Map.of());

    /** What async-profiler puts where it can follow a stack no further. */
    private static final Pattern BREAK = Pattern.compile("\\[(unknown|break|not_walkable|error).*");

    /** How async-profiler marks frames: interpreted, C1, C2, inlined. */
    private static final Pattern MARKED = Pattern.compile("(.*)_\\[[01ji]]");

    /** Numbers and addresses in the names of hidden and generated classes, which differ from run to run. */
    private static final Pattern UNSTABLE =
            Pattern.compile("(?<=\\$\\$Lambda)(\\$\\d+)?[./+]0x[0-9a-f]+|[./+]0x[0-9a-f]+(?=\\.)|(?<=\\$Proxy)\\d+");

    /** The referee's own code, in whose samples it looks at the stack: the program does nothing of its own there. */
    private static final String REFEREE = "libasyncProfiler";

    private static final String SHARES = "load.Shares.";

    /** What the program gives its methods, in percent of all their rounds. */
    private static final Map<String, Double> KNOWN = Map.of("half", 50.0, "third", 30.0, "fifth", 20.0);

    private static final int RESAMPLES = 200;
    private static final double QUANTILE = 0.95;

    static JavaProfile ofCollapsed(List<String> lines) {
        Builder builder = new Builder();
        for (String line : lines) {
            int end = line.lastIndexOf(' ');
            String[] frames = line.substring(0, end).split(";", -1);
            List<String> java = new ArrayList<>();
            boolean broken = false;
            for (int i = frames.length - 1; i >= 0; i--) {
                broken |= BREAK.matcher(frames[i]).matches();
                var marked = MARKED.matcher(frames[i]);
                if (marked.matches()) {
                    java.add(stable(marked.group(1)));
                }
            }
            builder.add(java, broken, Long.parseLong(line.substring(end + 1)));
        }
        return builder.build();
    }

    static JavaProfile of(Profile profile) {
        Builder builder = new Builder();
        Profile.Samples samples = profile.samples();
        Profile.Locations locations = profile.locations();
        for (int i = 0; i < samples.count(); i++) {
            List<String> java = new ArrayList<>();
            boolean referee = false;
            boolean truncated = false;
            for (int at = samples.stackStart()[i]; at < samples.stackStart()[i + 1]; at++) {
                int location = samples.location()[at];
                int mapping = locations.mapping()[location];
                String kind = mapping == Profile.NONE ? "" : profile.mappings().file()[mapping];
                referee |= kind.contains(REFEREE);
                truncated |= isTruncation(profile, location);
                boolean method = kind.startsWith("[jvm ") && !kind.equals("[jvm stub]");
                for (int line = locations.lineStart()[location];
                        method && line < locations.lineStart()[location + 1];
                        line++) {
                    java.add(stable(profile.functions().name()[locations.lineFunction()[line]]));
                }
            }
            builder.add(referee ? List.of() : java, truncated, samples.value(i, 0));
        }
        return builder.build();
    }

    private static boolean isTruncation(Profile profile, int location) {
        int line = profile.locations().lineStart()[location];
        return line < profile.locations().lineStart()[location + 1]
                && profile.functions()
                        .name()[profile.locations().lineFunction()[line]]
                        .startsWith("[truncated");
    }

    private static String stable(String name) {
        return UNSTABLE.matcher(name).replaceAll("").replace('/', '.');
    }

    /** Half the sum of differences of the shares of first frames, 0 to 1. */
    double distance(JavaProfile other) {
        return distance(first, samples, other.first, other.samples);
    }

    private static double distance(Map<String, Long> a, long ofA, Map<String, Long> b, long ofB) {
        HashSet<String> names = new HashSet<>(a.keySet());
        names.addAll(b.keySet());
        double sum = 0;
        for (String name : names) {
            sum += Math.abs((double) a.getOrDefault(name, 0L) / ofA - (double) b.getOrDefault(name, 0L) / ofB);
        }
        return sum / 2;
    }

    /** The distance that chance alone makes between two profiles of so many samples of this distribution, mostly. */
    double noise(long size) {
        SplittableRandom random = new SplittableRandom(1);
        double[] distances = new double[RESAMPLES];
        for (int i = 0; i < RESAMPLES; i++) {
            distances[i] = distance(resample(size, random), size, resample(size, random), size);
        }
        Arrays.sort(distances);
        return distances[(int) (RESAMPLES * QUANTILE)];
    }

    private Map<String, Long> resample(long size, SplittableRandom random) {
        String[] names = first.keySet().toArray(String[]::new);
        long[] upTo = new long[names.length];
        long sum = 0;
        for (int i = 0; i < names.length; i++) {
            sum += first.get(names[i]);
            upTo[i] = sum;
        }
        Map<String, Long> drawn = new HashMap<>();
        for (long i = 0; i < size; i++) {
            int at = Arrays.binarySearch(upTo, random.nextLong(sum) + 1);
            drawn.merge(names[at < 0 ? -at - 1 : at], 1L, Long::sum);
        }
        return drawn;
    }

    /** Both together. */
    JavaProfile and(JavaProfile other) {
        return new JavaProfile(
                samples + other.samples,
                sum(first, other.first),
                sum(inclusive, other.inclusive),
                broken + other.broken,
                sum(brokenInclusive, other.brokenInclusive));
    }

    private static Map<String, Long> sum(Map<String, Long> a, Map<String, Long> b) {
        Map<String, Long> sum = new HashMap<>(a);
        b.forEach((name, count) -> sum.merge(name, count, Long::sum));
        return sum;
    }

    /** Of all samples, those whose stacks end before their root; percent. */
    double brokenPercent() {
        return 100.0 * broken / samples;
    }

    /** The method whose inclusive share differs most from a referee's, and by how many points. */
    Map.Entry<String, Double> widest(JavaProfile referee) {
        return widest(referee, false);
    }

    /** The same of what is left when each broken stack of the referee's may have any method, or may not. */
    Map.Entry<String, Double> widestUnexplained(JavaProfile referee) {
        return widest(referee, true);
    }

    private Map.Entry<String, Double> widest(JavaProfile referee, boolean explained) {
        HashSet<String> names = new HashSet<>(inclusive.keySet());
        names.addAll(referee.inclusive.keySet());
        Map.Entry<String, Double> widest = Map.entry("", 0.0);
        for (String name : names) {
            double here = 100.0 * inclusive.getOrDefault(name, 0L) / samples;
            double seen = 100.0 * referee.inclusive.getOrDefault(name, 0L) / referee.samples;
            long without = explained ? referee.broken - referee.brokenInclusive.getOrDefault(name, 0L) : 0;
            double points = Math.max(seen - here, here - seen - 100.0 * without / referee.samples);
            if (points > widest.getValue()) {
                widest = Map.entry(name, points);
            }
        }
        return widest;
    }

    /** By how many points the shares that the program's methods have differ from those that they are given, at most. */
    double shareError() {
        double rounds = inclusive.getOrDefault(SHARES + "rounds", 0L);
        return KNOWN.entrySet().stream()
                .mapToDouble(known ->
                        Math.abs(100 * inclusive.getOrDefault(SHARES + known.getKey(), 0L) / rounds - known.getValue()))
                .max()
                .orElseThrow();
    }

    /** The methods whose shares of first frames differ most, with both shares in percent. */
    List<String> differences(JavaProfile other, int limit) {
        HashSet<String> names = new HashSet<>(first.keySet());
        names.addAll(other.first.keySet());
        return names.stream()
                .sorted(Comparator.comparingDouble(name -> -Math.abs(percent(name) - other.percent(name))))
                .limit(limit)
                .map(name -> String.format(Locale.ROOT, "%s %.2f, %.2f", name, percent(name), other.percent(name)))
                .toList();
    }

    private double percent(String name) {
        return 100.0 * first.getOrDefault(name, 0L) / samples;
    }

    private static final class Builder {
        private final Map<String, Long> first = new HashMap<>();
        private final Map<String, Long> inclusive = new HashMap<>();
        private final Map<String, Long> brokenInclusive = new HashMap<>();
        private long samples;
        private long brokenSamples;

        void add(List<String> java, boolean broken, long count) {
            if (java.isEmpty()) {
                return;
            }
            samples += count;
            brokenSamples += broken ? count : 0;
            first.merge(java.getFirst(), count, Long::sum);
            for (String name : new HashSet<>(java)) {
                inclusive.merge(name, count, Long::sum);
                if (broken) {
                    brokenInclusive.merge(name, count, Long::sum);
                }
            }
        }

        JavaProfile build() {
            return new JavaProfile(samples, first, inclusive, brokenSamples, brokenInclusive);
        }
    }
}
