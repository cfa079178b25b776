package dev.sonde.agent.wiring;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;

/**
 * What a machine calls itself.
 *
 * @param name as hostname(1) prints it
 * @param kernelRelease as {@code uname -r} prints it
 */
public record Host(String name, String kernelRelease) {

    private static final Path KERNEL = Path.of("/proc/sys/kernel");

    /** This machine; empty texts where it does not say. */
    public static Host current() {
        return new Host(read("hostname"), read("osrelease"));
    }

    private static String read(String name) {
        try {
            return Files.readString(KERNEL.resolve(name)).strip();
        } catch (IOException e) {
            return "";
        }
    }
}
