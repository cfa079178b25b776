package dev.sonde.bench.kernel;

import dev.sonde.bench.harness.Commands;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;

/** Runs a command under another kernel, on the host's files, which are read-only there but for /run. */
final class VirtualMachine {

    private static final String BUSYBOX = "busybox";
    private static final String QEMU = "qemu-system-x86_64";
    private static final List<String> TOOLS = List.of(QEMU, BUSYBOX, "apt-get", "apt-cache", "dpkg-deb", "gzip");

    private final Path folder;
    private final KernelPackage kernel;

    VirtualMachine(Path folder, KernelPackage kernel) {
        this.folder = folder;
        this.kernel = kernel;
    }

    /** Tools that the machine lacks. */
    static List<String> missing() {
        return TOOLS.stream().filter(tool -> !Commands.isThere(tool)).toList();
    }

    /**
     * What the machine's console shows.
     *
     * @throws IOException when it does not end in time
     */
    String run(String command, Duration limit) throws IOException, InterruptedException {
        Path initrd = initialFiles(command);
        Path console = folder.resolve("console");
        Process process = new ProcessBuilder(
                        QEMU,
                        "-accel",
                        "tcg,thread=multi",
                        "-cpu",
                        "max",
                        "-m",
                        "2048",
                        "-smp",
                        "2",
                        "-nographic",
                        "-no-reboot",
                        "-nic",
                        "none",
                        "-kernel",
                        kernel.image().toString(),
                        "-initrd",
                        initrd.toString(),
                        "-append",
                        "console=ttyS0 panic=-1 mitigations=off quiet",
                        "-virtfs",
                        "local,path=/,mount_tag=host,security_model=none,readonly=on,multidevs=remap")
                .redirectErrorStream(true)
                .redirectOutput(console.toFile())
                .start();
        process.getOutputStream().close();
        try {
            if (!process.waitFor(limit.toMillis(), TimeUnit.MILLISECONDS)) {
                throw new IOException("the virtual machine did not end within " + limit.toSeconds() + " s: "
                        + Files.readString(console, StandardCharsets.ISO_8859_1));
            }
        } finally {
            process.destroyForcibly().waitFor();
        }
        return Files.readString(console, StandardCharsets.ISO_8859_1);
    }

    /** The initial RAM disk: busybox, modules, the first process and what it is to run. */
    private Path initialFiles(String command) throws IOException, InterruptedException {
        Path root = Files.createDirectories(folder.resolve("root"));
        for (String name : List.of("bin", "host", "proc", "sys", "dev")) {
            Files.createDirectories(root.resolve(name));
        }
        String busybox = Commands.output(folder, List.of("sh", "-c", "command -v " + BUSYBOX))
                .strip();
        Files.copy(Path.of(busybox), root.resolve("bin/" + BUSYBOX));
        List<String> modules = new ArrayList<>();
        for (String module : KernelPackage.MODULES) {
            Path file = kernel.modules().resolve(module + ".ko");
            String name = Path.of(module).getFileName().toString();
            modules.add(name);
            Files.copy(file, root.resolve(name + ".ko"));
        }
        Files.write(root.resolve("modules"), modules);
        Files.writeString(root.resolve("command"), command);
        Path init = root.resolve("init");
        try (InputStream in = VirtualMachine.class.getResourceAsStream("/dev/sonde/bench/kernel/init.sh")) {
            Files.copy(in, init);
        }
        if (!init.toFile().setExecutable(true)) {
            throw new IOException(init + ": cannot be made executable");
        }
        Commands.output(
                root, List.of("sh", "-c", "find . | busybox cpio -o -H newc 2>/dev/null | gzip -1 > ../initrd"));
        return folder.resolve("initrd");
    }
}
