package dev.sonde.bench.jvm;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/**
 * A Java program, and how it is run.
 *
 * @param name what it shows
 * @param oldest the oldest feature release that it runs on
 * @param flags of the JVM
 * @param mainClass its main class
 * @param arguments its arguments
 * @param threads its own Java threads; 0 where its methods' shares are not known
 */
record Load(String name, int oldest, List<String> flags, String mainClass, List<String> arguments, int threads) {

    private static final String SHARES = "load.Shares";

    /** One kind of work in one thread, by methods of known shares. */
    static Load of(String work, String... flags) {
        return new Load(name(work, flags), 17, List.of(flags), SHARES, List.of(work), 1);
    }

    /** The same in several threads. */
    static Load inThreads(int threads, String work, String... flags) {
        return new Load(
                name(work, flags), 17, List.of(flags), SHARES, List.of(work, Integer.toString(threads)), threads);
    }

    /** Only on JVMs from one feature release on, which takes flags that older ones do not. */
    Load since(int release) {
        return new Load(name, release, flags, mainClass, arguments, threads);
    }

    /** A main class of its own, and what it is told, in words. */
    static Load program(int release, String program, String... flags) {
        List<String> words = List.of(program.split(" "));
        return new Load(
                name(program, flags),
                release,
                List.of(flags),
                "load." + words.getFirst(),
                words.subList(1, words.size()),
                0);
    }

    /** The same with arguments. */
    Load with(String... others) {
        return new Load(name, oldest, flags, mainClass, List.of(others), threads);
    }

    private static String name(String work, String... flags) {
        return flags.length == 0 ? work : work + " " + String.join(" ", flags);
    }

    boolean runsOn(Jvm jvm) {
        return jvm.feature() >= oldest;
    }

    /** The command that runs it, for ever. */
    List<String> command(Jvm jvm, LoadClasses classes) {
        List<String> command = new ArrayList<>(List.of(jvm.java().toString()));
        command.add("-Xmx512m");
        if (jvm.feature() >= 22) {
            command.add("--enable-native-access=ALL-UNNAMED");
        }
        command.addAll(flags);
        command.addAll(List.of(
                "-cp",
                String.join(
                        ":", classes.folders(jvm).stream().map(Path::toString).toList())));
        command.add(mainClass);
        command.addAll(arguments);
        return command;
    }
}
