package dev.sonde.agent.doctor;

import dev.sonde.agent.kallsyms.KernelNames;
import dev.sonde.agent.kernel.KernelProbe;
import dev.sonde.agent.kernel.Sampler;
import dev.sonde.agent.kernel.SamplerException;
import dev.sonde.agent.kernel.SamplerOptions;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;

/** Looks at everything that sampling needs, by trying it where it can be tried. */
public final class Doctor {
    private static final Path BTF = Path.of("/sys/kernel/btf/vmlinux");

    private Doctor() {}

    /** Runs all checks, in the order in which they depend on each other. */
    public static List<Check> run(DoctorOptions options) {
        return List.of(
                KernelVersion.check(System.getProperty("os.version")),
                architecture(System.getProperty("os.arch")),
                Rights.check(options.proc()),
                PidNamespace.check(options.proc()),
                btf(),
                clocks(),
                libBpf(),
                sampler(),
                kernelNames(),
                Jvms.check(options.proc()),
                ServerReachable.check(options.server(), options.serverWanted()));
    }

    static Check architecture(String name) {
        String label = "architecture";
        return name.equals("amd64")
                ? Check.ok(label, "x86-64")
                : Check.fail(label, name + " (expected: amd64, the only one that is supported yet)", "");
    }

    private static Check btf() {
        String name = "BTF";
        return Files.isReadable(BTF)
                ? Check.ok(name, BTF.toString())
                : Check.fail(name, BTF + " is missing", "use a kernel built with CONFIG_DEBUG_INFO_BTF=y");
    }

    private static Check clocks() {
        String name = "perf_event";
        try {
            return Check.ok(name, "clock events on " + KernelProbe.openClocks() + " CPUs");
        } catch (SamplerException e) {
            return Check.fail(name, e);
        }
    }

    private static Check libBpf() {
        String name = "libbpf";
        try {
            return Check.ok(name, KernelProbe.libBpfVersion());
        } catch (SamplerException e) {
            return Check.fail(name, e);
        }
    }

    /** At the lowest frequency, and only as long as opening takes. */
    private static Check sampler() {
        String name = "sampler";
        try (Sampler sampler = Sampler.open(SamplerOptions.wholeMachine(1))) {
            return Check.ok(name, "loads; " + (sampler.bpfMapBytes() >> 10) + " KiB of maps");
        } catch (SamplerException e) {
            return Check.fail(name, e);
        }
    }

    private static Check kernelNames() {
        String name = "kernel names";
        String missing = KernelNames.missing();
        return missing.isEmpty()
                ? Check.ok(name, "/proc/kallsyms")
                : Check.warn(
                        name,
                        missing,
                        "kernel frames will have no names: sysctl kernel.kptr_restrict=0, or run as root");
    }
}
