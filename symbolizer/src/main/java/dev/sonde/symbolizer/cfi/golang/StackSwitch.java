package dev.sonde.symbolizer.cfi.golang;

import dev.sonde.symbolizer.elf.ElfReader;
import java.io.IOException;

/**
 * Functions of the runtime that go on on another stack (runtime/asm_amd64.s). Their callers are not above them in
 * memory.
 */
enum StackSwitch {
    SYSTEMSTACK(1),
    ASMCGOCALL(2),
    MCALL(3),
    MORESTACK(4),
    OTHER(5),
    /** The vDSO runs on the thread's own stack (runtime/sys_linux_amd64.s, runtime/time_linux_amd64.s). */
    CLOCK(6);

    private static final String PREFIX = "runtime.";
    private static final int MAX_NAME_BYTES = 32;

    private final int code;

    StackSwitch(int code) {
        this.code = code;
    }

    int code() {
        return code;
    }

    /** Whether rbp points at its frame while it goes on on the other stack, and so to its caller. */
    boolean keepsFramePointer() {
        return this == SYSTEMSTACK || this == ASMCGOCALL || this == CLOCK;
    }

    /** The one of a function's name, which the tables hold as a text that ends with a zero. */
    static StackSwitch of(ElfReader names, long at) throws IOException {
        return switch (plain(names.text(at, MAX_NAME_BYTES))) {
            case "systemstack" -> SYSTEMSTACK;
            case "asmcgocall" -> ASMCGOCALL;
            case "mcall" -> MCALL;
            case "morestack" -> MORESTACK;
            case "nanotime1", "time.now", "walltime" -> CLOCK;
            default -> OTHER;
        };
    }

    /** Assembly functions may be called NAME.abi0. */
    private static String plain(String name) {
        if (!name.startsWith(PREFIX)) {
            return name;
        }
        int dot = name.indexOf('.', PREFIX.length());
        return name.substring(PREFIX.length(), dot < 0 ? name.length() : dot);
    }
}
