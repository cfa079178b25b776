package dev.sonde.agent.jvm.facts;

import dev.sonde.agent.jvm.memory.ProcessMemory;
import dev.sonde.agent.jvm.memory.ProcessReadException;
import dev.sonde.agent.label.JarName;
import dev.sonde.agent.label.JavaFacts;
import java.io.IOException;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Optional;

/** Reads what JVMs tell of themselves, from their memory and the jar that they have open. One thread at a time. */
public final class JvmFacts {

    private final Path proc;
    private final OpenJar jars;

    /**
     * What a JVM has told so far.
     *
     * @param java what became known
     * @param complete whether it has told what it runs: nothing is added later
     * @param unloadedClassesAddress where it counts the classes that it unloaded, 8 bytes; 0 where it does not
     */
    public record Told(JavaFacts java, boolean complete, long unloadedClassesAddress) {
        public static final Told NOTHING = new Told(JavaFacts.UNKNOWN, false, 0);
    }

    /** @param proc where procfs is mounted */
    public JvmFacts(Path proc) {
        this.proc = proc;
        this.jars = new OpenJar(proc);
    }

    /**
     * Reads a JVM by its performance data file.
     *
     * @throws IOException when the process is gone or may not be read
     */
    public Told read(ProcessMemory memory) throws IOException {
        Optional<PerfArea> area = PerfArea.find(proc, memory.pid());
        return area.isPresent() ? read(memory, area.get()) : Told.NOTHING;
    }

    private Told read(ProcessMemory memory, PerfArea area) throws ProcessReadException {
        byte[] bytes = new byte[area.bytes()];
        int read = memory.readUpTo(area.address(), bytes, 0, bytes.length);
        PerfData data = PerfData.parse(Arrays.copyOf(bytes, read));
        JavaCommand command = JavaCommand.parse(data.text(PerfData.COMMAND));
        JarManifest manifest = manifest(memory.pid(), command.jarPath());
        String jar = command.jarPath().substring(command.jarPath().lastIndexOf('/') + 1);
        JavaFacts java = new JavaFacts(
                data.text(PerfData.VM_VERSION),
                data.text(PerfData.VM_VENDOR),
                data.gc(),
                jar.isEmpty() ? command.mainClass() : manifest.mainClass(),
                jar,
                manifest.version().isEmpty() && !jar.isEmpty() ? JarName.of(jar).version() : manifest.version());
        int unloaded = data.unloadedClassesOffset();
        return new Told(java, data.isComplete(), unloaded < 0 ? 0 : area.address() + unloaded);
    }

    private JarManifest manifest(int pid, String jarPath) {
        return jarPath.isEmpty()
                ? JarManifest.NONE
                : jars.manifest(pid, jarPath).orElse(JarManifest.NONE);
    }
}
