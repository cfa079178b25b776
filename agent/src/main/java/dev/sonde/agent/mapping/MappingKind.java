package dev.sonde.agent.mapping;

/** What stands behind an executable range of a process. */
public enum MappingKind {
    /** A file, or an inode without a name such as a memfd. */
    FILE,
    /** The vDSO: code that the kernel maps into every process. */
    VDSO,
    /** The legacy vsyscall page at its fixed address, of x86-64. */
    VSYSCALL,
    /** No file: code that the process made itself. */
    ANONYMOUS
}
