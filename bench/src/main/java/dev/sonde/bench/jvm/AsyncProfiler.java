package dev.sonde.bench.jvm;

import com.sun.tools.attach.AgentInitializationException;
import com.sun.tools.attach.AgentLoadException;
import com.sun.tools.attach.AttachNotSupportedException;
import com.sun.tools.attach.VirtualMachine;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;

/** async-profiler as a referee: loaded into the JVM, where it walks stacks with the VM's own knowledge. */
final class AsyncProfiler {

    private static final String LIBRARY = "/linux-x64/libasyncProfiler.so";

    private final Path library;
    private final Path collapsed;

    /** Puts its library into a folder. */
    AsyncProfiler(Path folder) throws IOException {
        library = folder.resolve("libasyncProfiler.so");
        collapsed = folder.resolve("async.collapsed");
        try (InputStream in = AsyncProfiler.class.getResourceAsStream(LIBRARY)) {
            if (in == null) {
                throw new IOException("async-profiler has no " + LIBRARY);
            }
            Files.write(library, in.readAllBytes());
        }
    }

    /** Loads it and samples nothing yet; from then on the JVM records debug information between safepoints too. */
    void load(long pid) throws IOException {
        command(pid, "version,loglevel=none");
    }

    void start(long pid, long intervalMicros) throws IOException {
        command(pid, "start,event=ctimer,interval=" + intervalMicros + "us,cstack=vm,loglevel=none");
    }

    /** What it saw since its start; frames told apart by how they are compiled. */
    JavaProfile stop(long pid) throws IOException {
        command(pid, "stop,collapsed,ann,file=" + collapsed);
        return JavaProfile.ofCollapsed(Files.readAllLines(collapsed));
    }

    private void command(long pid, String words) throws IOException {
        try {
            VirtualMachine machine = VirtualMachine.attach(Long.toString(pid));
            try {
                machine.loadAgentPath(library.toString(), words);
            } finally {
                machine.detach();
            }
        } catch (AttachNotSupportedException | AgentLoadException | AgentInitializationException e) {
            throw new IOException("async-profiler " + words + ": " + e.getMessage(), e);
        }
    }
}
