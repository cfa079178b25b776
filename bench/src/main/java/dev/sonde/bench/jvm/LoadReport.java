package dev.sonde.bench.jvm;

import dev.sonde.pprof.Profile;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.TreeMap;

/**
 * What is right and what is wrong about a recording of a JVM.
 *
 * @param samples with a user stack
 * @param rooted of them, those that reach their thread's start, Java's through Java's own
 * @param unknown of them, those with a frame without a true name
 * @param unknownFrames such frames, with their numbers
 * @param roots the outermost frames of those not rooted, with their numbers
 * @param strangeCalls calls between methods of the program that it does not have, with their numbers
 * @param shares samples in {@code half}, {@code third}, {@code fifth}, in percent of those in {@code rounds}
 * @param kinds frames by their kind
 */
record LoadReport(
        long samples,
        long rooted,
        long unknown,
        Map<String, Long> unknownFrames,
        Map<String, Long> roots,
        Map<String, Long> strangeCalls,
        Map<String, Double> shares,
        Map<String, Long> kinds) {

    private static final String SHARES = "load.Shares.";

    /** Where threads begin: the program's start, C libraries' threads. */
    private static final List<String> NATIVE_ROOTS = List.of("_start", "clone3", "__clone3", "__clone", "clone");

    /** What the code under a Java thread's own frames is called by. */
    private static final List<String> JAVA_ROOTS = List.of(
            "java.lang.Thread.run",
            "java.lang.Thread.runWith",
            "java.lang.VirtualThread.run",
            "java.lang.VirtualThread.runContinuation",
            "java.util.concurrent.ForkJoinWorkerThread.run",
            "jdk.internal.misc.InnocuousThread.run",
            "java.lang.ref.Reference$ReferenceHandler.run",
            "java.lang.ref.Finalizer$FinalizerThread.run");

    /** libjvm's own function that calls the run() of any Thread, which a class of its own may have overridden. */
    private static final String THREAD_ENTRY = "thread_entry(JavaThread*";

    static LoadReport of(Profile profile, CallGraph graph) {
        return new Judge(profile, graph).report();
    }

    double percentRooted() {
        return 100.0 * rooted / Math.max(1, samples);
    }

    double percentUnknown() {
        return 100.0 * unknown / Math.max(1, samples);
    }

    long strange() {
        return strangeCalls.values().stream().mapToLong(Long::longValue).sum();
    }

    /** In one line. */
    String text() {
        return String.format(
                Locale.ROOT,
                "%d samples, rooted %.2f %%, unknown %.2f %%, strange calls %d, shares %s; not rooted %s, unknown %s,"
                        + " strange %s; frames %s",
                samples,
                percentRooted(),
                percentUnknown(),
                strange(),
                shares,
                roots,
                unknownFrames,
                strangeCalls,
                kinds);
    }

    private static final class Judge {
        private final Profile profile;
        private final CallGraph graph;
        private final Map<String, Long> unknownFrames = new TreeMap<>();
        private final Map<String, Long> roots = new TreeMap<>();
        private final Map<String, Long> strange = new TreeMap<>();
        private final Map<String, Long> parts = new TreeMap<>();
        private final Map<String, Long> kinds = new TreeMap<>();
        private long samples;
        private long rooted;
        private long unknown;

        Judge(Profile profile, CallGraph graph) {
            this.profile = profile;
            this.graph = graph;
        }

        LoadReport report() {
            Profile.Samples all = profile.samples();
            for (int i = 0; i < all.count(); i++) {
                List<Frame> stack = new ArrayList<>();
                for (int at = all.stackStart()[i]; at < all.stackStart()[i + 1]; at++) {
                    addLines(all.location()[at], stack);
                }
                if (stack.stream().anyMatch(frame -> !frame.mapping.equals("[kernel]"))) {
                    judge(stack, all.value(i, 0));
                }
            }
            Map<String, Double> shares = new TreeMap<>();
            long rounds = parts.getOrDefault("rounds", 0L);
            parts.forEach((part, count) -> shares.put(part, Math.round(1000.0 * count / rounds) / 10.0));
            shares.remove("rounds");
            return new LoadReport(samples, rooted, unknown, unknownFrames, roots, strange, shares, kinds);
        }

        private void addLines(int location, List<Frame> stack) {
            Profile.Locations locations = profile.locations();
            int mapping = locations.mapping()[location];
            String file = mapping == Profile.NONE ? "" : profile.mappings().file()[mapping];
            int from = locations.lineStart()[location];
            int to = locations.lineStart()[location + 1];
            if (from == to) {
                // A native function without symbols has its address; that is no wrong name.
                stack.add(new Frame("", file));
            }
            for (int line = from; line < to; line++) {
                stack.add(new Frame(profile.functions().name()[locations.lineFunction()[line]], file));
            }
        }

        private void judge(List<Frame> stack, long count) {
            samples += count;
            Frame root = stack.getLast();
            boolean java = stack.stream().anyMatch(Frame::isJava);
            if (root.isThreadStart() && (!java || stack.stream().anyMatch(Judge::isJavaRoot))) {
                rooted += count;
            } else {
                roots.merge(root.name.isEmpty() ? root.mapping : root.name, count, Long::sum);
            }
            List<Frame> nameless = stack.stream().filter(Frame::isUnknown).toList();
            unknown += nameless.isEmpty() ? 0 : count;
            nameless.forEach(frame -> unknownFrames.merge(frame.toString(), count, Long::sum));
            stack.forEach(frame -> kinds.merge(frame.isJava() ? frame.mapping : "other", count, Long::sum));
            judgeCalls(stack, count);
            countParts(stack, count);
        }

        private static boolean isJavaRoot(Frame frame) {
            return JAVA_ROOTS.contains(frame.name)
                    || frame.name.endsWith(".main")
                    || frame.name.startsWith(THREAD_ENTRY);
        }

        private void judgeCalls(List<Frame> stack, long count) {
            for (int i = 1; i < stack.size(); i++) {
                String callee = stack.get(i - 1).name;
                String caller = stack.get(i).name;
                if (CallGraph.isOwn(callee) && CallGraph.isOwn(caller) && !graph.calls(caller, callee)) {
                    strange.merge(caller + " -> " + callee, count, Long::sum);
                }
            }
        }

        private void countParts(List<Frame> stack, long count) {
            for (String part : List.of("rounds", "half", "third", "fifth")) {
                if (stack.stream().anyMatch(frame -> frame.name.equals(SHARES + part))) {
                    parts.merge(part, count, Long::sum);
                }
            }
        }
    }

    private record Frame(String name, String mapping) {

        boolean isJava() {
            return mapping.startsWith("[jvm ") || mapping.equals("[jit]");
        }

        /** The C library's own start of a thread has no name where only its dynamic symbols are there. */
        boolean isThreadStart() {
            return NATIVE_ROOTS.contains(name) || mapping.endsWith("/libc.so.6");
        }

        boolean isUnknown() {
            return isJava() && (name.isEmpty() || name.startsWith("[") || name.startsWith("0x"));
        }
    }
}
