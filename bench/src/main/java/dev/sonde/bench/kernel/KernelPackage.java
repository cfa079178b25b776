package dev.sonde.bench.kernel;

import dev.sonde.bench.harness.Commands;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;

/** A kernel as Debian packs it: its image, and the modules by which a virtual machine sees the host's files. */
record KernelPackage(Path image, Path modules) {

    /** In the order in which they need each other. */
    static final List<String> MODULES = List.of(
            "drivers/virtio/virtio_ring",
            "drivers/virtio/virtio",
            "drivers/virtio/virtio_pci_modern_dev",
            "drivers/virtio/virtio_pci_legacy_dev",
            "drivers/virtio/virtio_pci",
            "fs/netfs/netfs",
            "fs/fscache/fscache",
            "net/9p/9pnet",
            "net/9p/9pnet_virtio",
            "fs/9p/9p");

    /** The newest package of a kernel that the machine's package sources have. */
    static Optional<String> newest(Path folder, String version) throws IOException, InterruptedException {
        String pattern = "^linux-image-" + version.replace(".", "\\.") + "\\.0-[0-9]+-amd64$";
        return Commands.output(folder, List.of("apt-cache", "search", "--names-only", pattern))
                .lines()
                .map(line -> line.split(" ", 2)[0])
                .max(Comparator.comparingInt(KernelPackage::revision));
    }

    private static int revision(String name) {
        String[] parts = name.split("-", -1);
        return Integer.parseInt(parts[parts.length - 2]);
    }

    /** Downloads a package and takes out of it what is needed. */
    static KernelPackage fetch(Path folder, String name) throws IOException, InterruptedException {
        Commands.output(folder, List.of("apt-get", "-o", "APT::Sandbox::User=root", "download", name));
        String release = name.substring("linux-image-".length());
        Path file = only(folder, name);
        Commands.output(folder, List.of("dpkg-deb", "-x", file.toString(), folder.toString()));
        return new KernelPackage(
                folder.resolve("boot/vmlinuz-" + release), folder.resolve("lib/modules/" + release + "/kernel"));
    }

    private static Path only(Path folder, String name) throws IOException {
        try (Stream<Path> files = Files.list(folder)) {
            return files.filter(path -> path.getFileName().toString().startsWith(name + "_"))
                    .findFirst()
                    .orElseThrow(() -> new IOException(name + ": apt-get downloaded nothing"));
        }
    }
}
