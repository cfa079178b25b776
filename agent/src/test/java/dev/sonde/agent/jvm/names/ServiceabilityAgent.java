package dev.sonde.agent.jvm.names;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.abort;

import dev.sonde.agent.fixture.CompiledJava;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * What the JDK's own Serviceability Agent says of a process's compiled methods.
 *
 * @param places those of each nmethod, by the nmethod's address
 * @param compileIds by the nmethod's address
 * @param methods by Method*
 */
record ServiceabilityAgent(Map<Long, List<Place>> places, Map<Long, Integer> compileIds, Map<Long, Method> methods) {

    /** A place with its chain of methods, innermost first. */
    record Place(long pc, List<Scope> scopes) {}

    /** One level; the line is -1 where there is none. */
    record Scope(long method, int bci, int line) {}

    /** A method by its names as the JVM has them; the file is {@code -} where there is none. */
    record Method(String systemName, String file) {}

    private static final String[] PACKAGES = {"", ".code", ".debugger", ".oops", ".runtime", ".types"};

    /** Asks the agent of the JDK that the process runs on; the test is skipped, and says so, where it has none. */
    static ServiceabilityAgent ask(String java, int pid, Path directory) throws IOException, InterruptedException {
        if (!hasAgent(java)) {
            String reason = java + " has no jdk.hotspot.agent";
            System.err.println("SKIPPED: " + reason);
            return abort(reason);
        }
        Path dump = directory.resolve("dump.txt");
        Path log = directory.resolve("agent.log");
        List<String> command = new ArrayList<>(List.of(java, "--add-modules", "jdk.hotspot.agent"));
        for (String name : PACKAGES) {
            command.addAll(List.of("--add-exports", "jdk.hotspot.agent/sun.jvm.hotspot" + name + "=ALL-UNNAMED"));
        }
        command.add(
                CompiledJava.source(directory, "/jvm/ServiceabilityDump.java").toString());
        command.addAll(List.of(Integer.toString(pid), dump.toString()));
        int status = new ProcessBuilder(command)
                .redirectErrorStream(true)
                .redirectOutput(log.toFile())
                .start()
                .waitFor();
        assertThat(status).as(Files.readString(log)).isZero();
        return read(dump);
    }

    private static boolean hasAgent(String java) throws IOException {
        Process process = new ProcessBuilder(java, "--list-modules").start();
        return new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8)
                .contains("jdk.hotspot.agent");
    }

    private static ServiceabilityAgent read(Path dump) throws IOException {
        ServiceabilityAgent told = new ServiceabilityAgent(new LinkedHashMap<>(), new HashMap<>(), new HashMap<>());
        List<Place> places = List.of();
        for (String line : Files.readAllLines(dump)) {
            String[] words = line.split(" ", 0);
            long address = Long.decode(words[1]);
            switch (words[0]) {
                case "N" -> {
                    places = new ArrayList<>();
                    told.places.put(address, places);
                    told.compileIds.put(address, Integer.parseInt(words[2]));
                }
                case "P" -> places.add(new Place(address, scopes(words)));
                default -> told.methods.put(address, new Method(line.split(" ", 4)[3], words[2]));
            }
        }
        return told;
    }

    private static List<Scope> scopes(String[] words) {
        List<Scope> scopes = new ArrayList<>();
        for (int i = 2; i < words.length; i++) {
            String[] parts = words[i].split("@", -1);
            scopes.add(new Scope(Long.decode(parts[0]), Integer.parseInt(parts[1]), Integer.parseInt(parts[2])));
        }
        return scopes;
    }
}
