package dev.sonde.agent.record;

import dev.sonde.pprof.Profile;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/**
 * Samples of one stack of a recorded Java program.
 *
 * @param frames leaf first, each as {@code name kind}
 */
record RecordedStack(long samples, List<String> frames, Map<String, String> labels) {

    /** The stacks of a recording. */
    static List<RecordedStack> of(Profile profile) {
        List<RecordedStack> stacks = new ArrayList<>();
        Profile.Samples samples = profile.samples();
        for (int i = 0; i < samples.count(); i++) {
            List<String> frames = new ArrayList<>();
            for (int at = samples.stackStart()[i]; at < samples.stackStart()[i + 1]; at++) {
                addFrames(profile, samples.location()[at], frames);
            }
            Map<String, String> labels = new HashMap<>();
            for (int at = samples.labelStart()[i]; at < samples.labelStart()[i + 1]; at++) {
                labels.put(samples.labelKey()[at], samples.labelText()[at]);
            }
            stacks.add(new RecordedStack(samples.value(i, 0), frames, labels));
        }
        return stacks;
    }

    private static void addFrames(Profile profile, int location, List<String> frames) {
        int mapping = profile.locations().mapping()[location];
        String kind = mapping == Profile.NONE ? "" : profile.mappings().file()[mapping];
        int from = profile.locations().lineStart()[location];
        int to = profile.locations().lineStart()[location + 1];
        if (from == to) {
            frames.add("address " + kind);
        }
        for (int line = from; line < to; line++) {
            frames.add(profile.functions().name()[profile.locations().lineFunction()[line]] + " " + kind);
        }
    }

    /** The samples of all. */
    static long sum(List<RecordedStack> stacks) {
        return stacks.stream().mapToLong(RecordedStack::samples).sum();
    }

    /** Those that have a method. */
    static List<RecordedStack> with(List<RecordedStack> stacks, String method) {
        return stacks.stream().filter(stack -> stack.has(method)).toList();
    }

    boolean has(String method) {
        return frames.stream().anyMatch(frame -> frame.startsWith(method + " "));
    }

    /** The outermost frame, or why the stack is not whole. */
    String root() {
        return frames.getLast();
    }

    boolean isTruncated() {
        return root().startsWith("[truncated");
    }

    boolean endsInJava() {
        return frames.getFirst().endsWith("[jvm c2]")
                || frames.getFirst().endsWith("[jvm c1]")
                || frames.getFirst().endsWith("[jvm interpreted]");
    }
}
