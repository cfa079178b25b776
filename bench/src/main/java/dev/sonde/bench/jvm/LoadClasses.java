package dev.sonde.bench.jvm;

import java.io.IOException;
import java.io.InputStream;
import java.io.StringWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import javax.tools.JavaCompiler;
import javax.tools.ToolProvider;

/** The programs, compiled each for the oldest release that it can run on. */
final class LoadClasses {

    private static final String RESOURCES = "/dev/sonde/bench/jvm/";

    private static final List<String> FOR_ALL = List.of(
            "Shares",
            "Work",
            "Inlining",
            "Megamorphic",
            "Throwing",
            "Streams",
            "Recursion",
            "Garbage",
            "Intrinsics",
            "Native",
            "Churn",
            "Contention",
            "Frames",
            "Gaps",
            "Generated000000",
            "ManyMethods");

    private final Path folder;

    private LoadClasses(Path folder) {
        this.folder = folder;
    }

    /** Compiles all into a folder. */
    static LoadClasses compile(Path folder) throws IOException {
        LoadClasses classes = new LoadClasses(folder);
        classes.compile(17, "load", FOR_ALL);
        classes.compile(21, "load21", List.of("VirtualThreads"));
        classes.compile(25, "load25", List.of("Upcalls"));
        return classes;
    }

    /** The class path for a JVM. */
    List<Path> folders(Jvm jvm) {
        List<Path> folders = new ArrayList<>();
        for (int release : List.of(17, 21, 25)) {
            if (jvm.feature() >= release) {
                folders.add(folder(release));
            }
        }
        return folders;
    }

    private Path folder(int release) {
        return folder.resolve("for-" + release);
    }

    private void compile(int release, String resources, List<String> names) throws IOException {
        Path sources = Files.createDirectories(folder.resolve("sources-" + release));
        List<String> arguments = new ArrayList<>(List.of("-nowarn", "--release", Integer.toString(release)));
        arguments.addAll(
                List.of("-cp", folder(17).toString(), "-d", folder(release).toString()));
        for (String name : names) {
            Path source = sources.resolve(name + ".java");
            try (InputStream in = LoadClasses.class.getResourceAsStream(RESOURCES + resources + "/" + name + ".java")) {
                Files.write(source, in.readAllBytes());
            }
            arguments.add(source.toString());
        }
        JavaCompiler compiler = ToolProvider.getSystemJavaCompiler();
        StringWriter said = new StringWriter();
        var files = compiler.getStandardFileManager(null, null, null);
        List<String> options = arguments.subList(0, arguments.size() - names.size());
        var units = files.getJavaFileObjectsFromStrings(arguments.subList(options.size(), arguments.size()));
        if (!compiler.getTask(said, files, null, options, null, units).call()) {
            throw new IOException("the programs do not compile: " + said);
        }
    }
}
