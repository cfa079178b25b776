package dev.sonde.symbolizer.cfi.code;

import dev.sonde.symbolizer.cfi.CfaKind;
import dev.sonde.symbolizer.cfi.CodeRange;
import dev.sonde.symbolizer.cfi.SavedKind;
import dev.sonde.symbolizer.cfi.UnwindRule;
import dev.sonde.symbolizer.cfi.X86Registers;
import dev.sonde.symbolizer.elf.ElfFile;
import java.io.IOException;

/**
 * What a signal handler returns to: {@code mov $15, %eax; syscall}, which is rt_sigreturn. glibc describes its own as a
 * signal frame; musl's and Go's look like functions that were called. The kernel left the interrupted registers at rsp
 * (struct ucontext, arch/x86/include/uapi/asm/ucontext.h and sigcontext.h).
 */
public final class SignalTrampoline {

    /** CFA: the word at rsp + 160; rbp at rsp + 120, the return address at rsp + 168. */
    public static final UnwindRule RULE = new UnwindRule(
            CfaKind.DEREFERENCED.code()
                    | ((long) X86Registers.RSP << 8)
                    | ((long) SavedKind.AT_BASE.code() << 16)
                    | ((long) (SavedKind.AT_BASE.code() | UnwindRule.SIGNAL_FRAME) << 24)
                    | (160L << 32),
            120 | (168L << 32));

    /** movl, and movq with the same number; each with the system call. */
    private static final byte[] SHORT = {(byte) 0xb8, 15, 0, 0, 0, 0x0f, 0x05};

    private static final byte[] LONG = {0x48, (byte) 0xc7, (byte) 0xc0, 15, 0, 0, 0, 0x0f, 0x05};

    /** With an instruction behind it that is never reached. */
    private static final int MAX_BYTES = 16;

    /**
     * Whoever looks at the code of small functions reads all of the file: 32 MiB are a tenth of a second. musl's library
     * has less than one, programs that contain it some.
     */
    private static final long MAX_CODE_BYTES = 32 << 20;

    private final CodeBytes code;
    private final boolean looks;
    private final byte[] bytes = new byte[LONG.length];

    /** Looks at the code of a file. */
    public SignalTrampoline(ElfFile file, CodeRange range) {
        this.code = new CodeBytes(file);
        this.looks = range.bytes() <= MAX_CODE_BYTES;
    }

    /** Whether this is all that a function of so many bytes does. */
    public boolean isAt(long pc, long sizeBytes) throws IOException {
        if (!looks || sizeBytes < SHORT.length || sizeBytes > MAX_BYTES) {
            return false;
        }
        int length = (int) Math.min(sizeBytes, LONG.length);
        return code.read(pc, bytes, length) && (starts(SHORT) || (length == LONG.length && starts(LONG)));
    }

    private boolean starts(byte[] with) {
        for (int i = 0; i < with.length; i++) {
            if (bytes[i] != with[i]) {
                return false;
            }
        }
        return true;
    }
}
