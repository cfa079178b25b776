package dev.sonde.agent.jvm.facts;

import static org.assertj.core.api.Assertions.assertThat;

import dev.sonde.agent.fixture.InstalledJdk;
import dev.sonde.agent.fixture.RunningProgram;
import dev.sonde.agent.jvm.memory.ProcessMemory;
import dev.sonde.agent.kernel.ffi.FfmLibc;
import dev.sonde.agent.label.JavaFacts;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.jar.Attributes;
import java.util.jar.JarEntry;
import java.util.jar.JarOutputStream;
import java.util.jar.Manifest;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Real JVMs tell what they are. */
class JvmFactsIT {

    private final JvmFacts facts = new JvmFacts(Path.of("/proc"));

    @TempDir
    Path directory;

    @ParameterizedTest
    @CsvSource({
        "17, UseG1GC, G1",
        "17, UseParallelGC, Parallel",
        "17, UseSerialGC, Serial",
        "17, UseZGC, ZGC",
        "17, UseEpsilonGC, Epsilon",
        "25, UseG1GC, G1",
        "25, UseParallelGC, Parallel",
        "25, UseSerialGC, Serial",
        "25, UseZGC, ZGC",
        "25, UseShenandoahGC, Shenandoah",
        "25, UseEpsilonGC, Epsilon",
    })
    void theCollectorAndTheRest(int release, String flag, String gc) throws IOException {
        JvmFacts.Told told = read(
                release,
                List.of(
                        "-XX:+UnlockExperimentalVMOptions",
                        "-XX:+" + flag,
                        "-cp",
                        classes().toString(),
                        "shop.Ready",
                        "x.jar"));
        JavaFacts java = told.java();
        assertThat(told.complete()).isTrue();
        assertThat(told.unloadedClassesAddress()).isNotZero();
        assertThat(java.jvmVersion()).startsWith(release + ".");
        assertThat(java.jvmVendor()).isNotEmpty();
        assertThat(java.gc()).isEqualTo(gc);
        assertThat(java.mainClass()).isEqualTo("shop.Ready");
        assertThat(java.jar()).isEmpty();
        assertThat(java.version()).isEmpty();
    }

    @ParameterizedTest
    @CsvSource({
        "17, 1.4.2, shop-1.4.jar, 1.4.2",
        "25, '', shop-1.4.jar, 1.4",
        "25, 7, my shop.jar, 7",
        "25, '', shop.jar, ''"
    })
    void theJarsVersionIsItsManifestsElseItsNames(int release, String implementation, String jar, String expected)
            throws IOException {
        Path path = jar(jar, implementation);
        JavaFacts java = read(release, List.of("-jar", path.toString())).java();
        assertThat(java.jar()).isEqualTo(jar);
        assertThat(java.mainClass()).isEqualTo("shop.Ready");
        assertThat(java.version()).isEqualTo(expected);
    }

    @Test
    void aJvmWithoutPerformanceDataTellsNothing() throws IOException {
        JvmFacts.Told told =
                read(25, List.of("-XX:-UsePerfData", "-cp", classes().toString(), "shop.Ready"));
        assertThat(told).isEqualTo(JvmFacts.Told.NOTHING);
    }

    @Test
    void aProgramThatIsNoJvmTellsNothing() throws IOException {
        try (RunningProgram program = new RunningProgram("sh", "-c", "echo ready; read x");
                ProcessMemory memory = ProcessMemory.of(new FfmLibc(), program.pid())) {
            assertThat(facts.read(memory)).isEqualTo(JvmFacts.Told.NOTHING);
        }
    }

    private JvmFacts.Told read(int release, List<String> arguments) throws IOException {
        List<String> command = new ArrayList<>(List.of(InstalledJdk.java(release), "-Xmx64m", "-Xlog:disable"));
        command.addAll(arguments);
        try (RunningProgram program = new RunningProgram(command, Map.of());
                ProcessMemory memory = ProcessMemory.of(new FfmLibc(), program.pid())) {
            return facts.read(memory);
        }
    }

    /** The classes of a program that says that it is ready and waits. */
    private Path classes() throws IOException {
        Path classes = Files.createDirectories(directory.resolve("classes"));
        Path source = Files.writeString(directory.resolve("Ready.java"), """
                package shop;

                public class Ready {
                    public static void main(String[] arguments) throws Exception {
                        System.out.println("ready");
                        System.in.read();
                    }
                }
                """);
        int status = javax.tools.ToolProvider.getSystemJavaCompiler()
                .run(null, null, null, "--release", "17", "-d", classes.toString(), source.toString());
        assertThat(status).isZero();
        return classes;
    }

    private Path jar(String name, String implementation) throws IOException {
        Manifest manifest = new Manifest();
        manifest.getMainAttributes().put(Attributes.Name.MANIFEST_VERSION, "1.0");
        manifest.getMainAttributes().put(Attributes.Name.MAIN_CLASS, "shop.Ready");
        if (!implementation.isEmpty()) {
            manifest.getMainAttributes().put(Attributes.Name.IMPLEMENTATION_VERSION, implementation);
        }
        Path path = Files.createDirectories(directory.resolve("a folder")).resolve(name);
        try (OutputStream file = Files.newOutputStream(path);
                JarOutputStream jar = new JarOutputStream(file, manifest)) {
            jar.putNextEntry(new JarEntry("shop/Ready.class"));
            Files.copy(classes().resolve("shop/Ready.class"), jar);
            jar.closeEntry();
        }
        return path;
    }
}
