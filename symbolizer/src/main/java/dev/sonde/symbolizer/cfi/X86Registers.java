package dev.sonde.symbolizer.cfi;

/** DWARF's numbers of x86-64 registers (System V psABI for AMD64, figure 3.36). */
public final class X86Registers {

    /** What the frame of the dynamic linker's lazy binding hangs on. */
    public static final int RBX = 3;
    /** The frame pointer. */
    public static final int RBP = 6;
    /** The stack pointer. */
    public static final int RSP = 7;
    /** The return address column: the caller's rip. */
    public static final int RIP = 16;

    /** rax to r15: what a rule's four bits can name. */
    public static final int GENERAL = 16;

    private static final String[] NAMES = {
        "rax", "rdx", "rcx", "rbx", "rsi", "rdi", "rbp", "rsp", "r8", "r9", "r10", "r11", "r12", "r13", "r14", "r15",
        "rip"
    };

    private X86Registers() {}

    /** The register's name as readelf writes it. */
    public static String name(int register) {
        return register >= 0 && register < NAMES.length ? NAMES[register] : "r" + register;
    }
}
