package dev.sonde.bench.jvm;

import dev.sonde.pprof.Profile;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.SplittableRandom;
import java.util.regex.Pattern;

/**
 * The Java methods of a profile: of each sample that has any, the one nearest to the leaf, and all of them.
 *
 * @param samples with a Java frame
 * @param first by name: samples of which it is the first Java frame from the leaf
 * @param inclusive by name: samples that it is in
 */
record JavaProfile(long samples, Map<String, Long> first, Map<String, Long> inclusive) {

    /** How async-profiler marks frames: interpreted, C1, C2, inlined. */
    private static final Pattern MARKED = Pattern.compile("(.*)_\\[[01ji]]");

    /** Numbers and addresses in the names of hidden and generated classes, which differ from run to run. */
    private static final Pattern UNSTABLE =
            Pattern.compile("(?<=\\$\\$Lambda)(\\$\\d+)?[./+]0x[0-9a-f]+|[./+]0x[0-9a-f]+(?=\\.)|(?<=\\$Proxy)\\d+");

    private static final int RESAMPLES = 200;
    private static final double QUANTILE = 0.95;

    static JavaProfile ofCollapsed(List<String> lines) {
        Builder builder = new Builder();
        for (String line : lines) {
            int end = line.lastIndexOf(' ');
            String[] frames = line.substring(0, end).split(";", -1);
            List<String> java = new ArrayList<>();
            for (int i = frames.length - 1; i >= 0; i--) {
                var marked = MARKED.matcher(frames[i]);
                if (marked.matches()) {
                    java.add(stable(marked.group(1)));
                }
            }
            builder.add(java, Long.parseLong(line.substring(end + 1)));
        }
        return builder.build();
    }

    static JavaProfile of(Profile profile) {
        Builder builder = new Builder();
        Profile.Samples samples = profile.samples();
        Profile.Locations locations = profile.locations();
        for (int i = 0; i < samples.count(); i++) {
            List<String> java = new ArrayList<>();
            for (int at = samples.stackStart()[i]; at < samples.stackStart()[i + 1]; at++) {
                int location = samples.location()[at];
                int mapping = locations.mapping()[location];
                String kind = mapping == Profile.NONE ? "" : profile.mappings().file()[mapping];
                boolean method = kind.startsWith("[jvm ") && !kind.equals("[jvm stub]");
                for (int line = locations.lineStart()[location];
                        method && line < locations.lineStart()[location + 1];
                        line++) {
                    java.add(stable(profile.functions().name()[locations.lineFunction()[line]]));
                }
            }
            builder.add(java, samples.value(i, 0));
        }
        return builder.build();
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

    /** The method whose inclusive share differs most, and by how many points. */
    Map.Entry<String, Double> widest(JavaProfile other) {
        HashSet<String> names = new HashSet<>(inclusive.keySet());
        names.addAll(other.inclusive.keySet());
        Map.Entry<String, Double> widest = Map.entry("", 0.0);
        for (String name : names) {
            double points = 100.0
                    * Math.abs((double) inclusive.getOrDefault(name, 0L) / samples
                            - (double) other.inclusive.getOrDefault(name, 0L) / other.samples);
            if (points > widest.getValue()) {
                widest = Map.entry(name, points);
            }
        }
        return widest;
    }

    private static final class Builder {
        private final Map<String, Long> first = new HashMap<>();
        private final Map<String, Long> inclusive = new HashMap<>();
        private long samples;

        void add(List<String> java, long count) {
            if (java.isEmpty()) {
                return;
            }
            samples += count;
            first.merge(java.getFirst(), count, Long::sum);
            new HashSet<>(java).forEach(name -> inclusive.merge(name, count, Long::sum));
        }

        JavaProfile build() {
            return new JavaProfile(samples, first, inclusive);
        }
    }
}
