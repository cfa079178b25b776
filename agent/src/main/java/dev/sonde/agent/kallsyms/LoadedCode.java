package dev.sonde.agent.kallsyms;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.List;

/** Tells cheaply whether code was loaded into the kernel: as long as a number is the same, none was. */
interface LoadedCode {
    /** The number where that cannot be told. */
    long UNKNOWN = NewestBpf.UNKNOWN;

    /** For modules. */
    long modules();

    /** For BPF programs and what the kernel generates to enter them. */
    long programs();

    /** Of the kernel that runs. */
    static LoadedCode ofThisKernel() {
        Path modules = Path.of("/proc/modules");
        NewestBpf newest = new NewestBpf();
        return new LoadedCode() {
            @Override
            public long modules() {
                return hash(modules);
            }

            @Override
            public long programs() {
                return newest.number();
            }
        };
    }

    /** A hash of name, size, state and address of all modules (proc_modules(5)); the others are counts of users. */
    static long hash(Path modules) {
        try {
            List<String> lines = Files.readAllLines(modules);
            long hash = lines.size();
            for (String line : lines) {
                String[] words = line.split(" ", -1);
                for (int i = 0; i < words.length; i++) {
                    hash = i == 2 || i == 3 ? hash : hash * 0x9e3779b97f4a7c15L + words[i].hashCode();
                }
            }
            return hash & Long.MAX_VALUE;
        } catch (NoSuchFileException e) {
            return 0; // A kernel without modules.
        } catch (IOException e) {
            return UNKNOWN;
        }
    }
}
