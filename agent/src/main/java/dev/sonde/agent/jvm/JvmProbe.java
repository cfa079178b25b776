package dev.sonde.agent.jvm;

import dev.sonde.agent.jvm.facts.JvmFacts;
import dev.sonde.agent.jvm.layout.LibJvm;
import dev.sonde.agent.jvm.layout.VmLayout;
import dev.sonde.agent.jvm.memory.ProcessMemory;
import dev.sonde.agent.jvm.recognise.VmFiles;
import dev.sonde.agent.jvm.recognise.VmKind;
import dev.sonde.agent.kernel.ffi.FfmLibc;
import dev.sonde.agent.mapping.LivingThread;
import dev.sonde.agent.mapping.Mapping;
import dev.sonde.agent.process.ProcessInfo;
import java.io.IOException;
import java.nio.file.Path;
import java.util.Optional;

/** Looks once at what can be read of a JVM. One thread at a time. */
public final class JvmProbe {

    private final Path proc;
    private final VmFiles files;
    private final JvmFacts facts;

    /** @param proc where procfs is mounted */
    public JvmProbe(Path proc) {
        this.proc = proc;
        this.files = new VmFiles(proc);
        this.facts = new JvmFacts(proc);
    }

    /** What can be read of the JVM of a process; empty where it runs none. */
    public Optional<JvmReport> of(ProcessInfo process) {
        int thread = LivingThread.of(proc, process.pid()).orElse(0);
        if (thread == 0) {
            return Optional.empty();
        }
        for (Mapping mapping : process.addressSpace().filesRead()) {
            VmKind kind = files.kind(thread, mapping);
            if (kind == VmKind.HOTSPOT) {
                return Optional.of(hotSpot(process.pid(), thread, mapping));
            }
            if (kind != VmKind.NONE) {
                return Optional.of(report(process.pid(), kind, "", JvmState.FOREIGN, ""));
            }
        }
        return Optional.empty();
    }

    private JvmReport hotSpot(int pid, int thread, Mapping mapping) {
        String version = "";
        try (ProcessMemory memory = ProcessMemory.of(new FfmLibc(), thread)) {
            version = facts.read(memory).java().jvmVersion();
            LibJvm libjvm = LibJvm.of(proc, thread, mapping)
                    .orElseThrow(() -> new IOException(mapping.path() + " cannot be read"));
            version = VmLayout.read(libjvm, memory).version();
            return report(pid, VmKind.HOTSPOT, version, JvmState.KNOWN, "");
        } catch (IOException e) {
            return report(pid, VmKind.HOTSPOT, version, JvmState.UNSUPPORTED, e.getMessage());
        }
    }

    private static JvmReport report(int pid, VmKind kind, String version, JvmState state, String problem) {
        return new JvmReport(pid, kind.word(), version, state.word(), problem);
    }
}
