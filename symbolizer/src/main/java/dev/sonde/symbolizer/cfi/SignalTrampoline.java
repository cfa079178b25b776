package dev.sonde.symbolizer.cfi;

import dev.sonde.symbolizer.elf.ElfException;
import dev.sonde.symbolizer.elf.ElfFile;
import dev.sonde.symbolizer.elf.ElfReader;
import dev.sonde.symbolizer.elf.ProgramHeader;
import java.io.IOException;

/**
 * What a signal handler returns to: {@code mov $15, %eax; syscall}, which is rt_sigreturn. glibc describes its own as a
 * signal frame; musl's and Go's look like functions that were called. The kernel left the interrupted registers at rsp
 * (struct ucontext, arch/x86/include/uapi/asm/ucontext.h and sigcontext.h).
 */
public final class SignalTrampoline {

    /** CFA: the word at rsp + 160; rbp at rsp + 120, the return address at rsp + 168. */
    static final UnwindRule RULE = new UnwindRule(
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

    private final ElfFile file;
    private final boolean looks;
    private final byte[] bytes = new byte[LONG.length];
    private ProgramHeader segment;
    private ElfReader reader;

    /** Looks at the code of a file. */
    public SignalTrampoline(ElfFile file, CodeRange code) {
        this.file = file;
        this.looks = code.bytes() <= MAX_CODE_BYTES;
    }

    /** Whether this is all that a function of so many bytes does. */
    public boolean isAt(long pc, long sizeBytes) throws IOException {
        if (!looks || sizeBytes < SHORT.length || sizeBytes > MAX_BYTES) {
            return false;
        }
        int length = (int) Math.min(sizeBytes, LONG.length);
        try {
            return read(pc, length) && (starts(SHORT) || (length == LONG.length && starts(LONG)));
        } catch (ElfException e) {
            // A segment that reaches beyond the file: its frame information may lie elsewhere and be sound.
            return false;
        }
    }

    private boolean starts(byte[] with) {
        for (int i = 0; i < with.length; i++) {
            if (bytes[i] != with[i]) {
                return false;
            }
        }
        return true;
    }

    private boolean read(long pc, int length) throws IOException {
        if (segment == null || !holds(segment, pc, length)) {
            segment = null;
            reader = null;
            for (ProgramHeader header : file.programHeaders()) {
                if (header.type() == ProgramHeader.LOAD && holds(header, pc, length)) {
                    reader = file.rawReader(header);
                    segment = header;
                }
            }
        }
        if (segment == null) {
            return false;
        }
        reader.copy(pc - segment.vaddr(), bytes, 0, length);
        return true;
    }

    private static boolean holds(ProgramHeader header, long pc, int length) {
        long offset = pc - header.vaddr();
        return offset >= 0 && offset <= header.fileSizeBytes() - length;
    }
}
