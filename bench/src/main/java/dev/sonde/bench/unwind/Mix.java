package dev.sonde.bench.unwind;

import java.util.List;

/** Programs whose stacks are laid out in all the ways that compilers, runtimes and libraries know. */
final class Mix {

    private static final String[] NO_FRAME_POINTER = {"-O2", "-fomit-frame-pointer"};

    static final List<MixProgram> PROGRAMS = List.of(
            MixProgram.c("qsort", NO_FRAME_POINTER),
            MixProgram.c("signals", NO_FRAME_POINTER),
            MixProgram.c("alloca", NO_FRAME_POINTER),
            MixProgram.c("deep", NO_FRAME_POINTER),
            MixProgram.c("tailcalls", NO_FRAME_POINTER),
            MixProgram.c("dlopen", NO_FRAME_POINTER),
            MixProgram.c("forks", NO_FRAME_POINTER),
            MixProgram.c("vdso", NO_FRAME_POINTER),
            MixProgram.compiled("static-pie stripped", "qsort.c", "cc", "-O2", "-static-pie", "-s"),
            MixProgram.compiled("mount namespace", "qsort.c", "cc", NO_FRAME_POINTER)
                    .runBy(
                            "unshare",
                            "-m",
                            "sh",
                            "-c",
                            "mount -t tmpfs none /mnt && cp \"$0\" /mnt/unseen && exec /mnt/unseen",
                            "program"),
            MixProgram.compiled("exceptions", "exceptions.cc", "c++", NO_FRAME_POINTER),
            MixProgram.compiled("rust", "rust.rs", "rustc", "-O"),
            MixProgram.go("go", "go.go"),
            MixProgram.go("go clock", "clock.go"),
            MixProgram.go("cgo", "cgo.go"),
            MixProgram.script("python3", "python.py"),
            MixProgram.script("node", "node.js"),
            MixProgram.script("perl", "perl.pl"),
            MixProgram.script("bash", "bash.sh"),
            MixProgram.command("sort", "bash", "-c", "while :; do seq 300000 | sort -R > /dev/null; done"),
            MixProgram.of("compiler", "exceptions.cc", "c++")
                    .runBy("sh", "-c", "while :; do c++ -O2 -c -o /dev/null \"$0\"; done", "source"),
            MixProgram.of("postgres", "postgres.sh", "pgbench").runBy("sh", "source"));

    private Mix() {}
}
