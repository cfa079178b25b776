package dev.sonde.agent.kernel.code;

import dev.sonde.agent.kernel.SamplerException;
import java.io.IOException;
import java.util.Optional;

/** Where the sampling program finds the unwind tables of files: by file a slot, in the slot the table. */
public interface KernelTables {

    /** Tables at a time; 8 bytes a slot in the kernel. Busy build machines map some hundred files with code. */
    int SLOTS = 1024;

    /** Files at a time, those without a table too; some 100 bytes each in the kernel, when they are there. */
    int MAX_FILES = 4096;

    /**
     * Puts a table into a free slot and gives it to a file. When it fails the slot is free as before.
     *
     * @throws IOException when the blocks cannot be read
     */
    void put(FileId file, int slot, UnwindTableImage image) throws SamplerException, IOException;

    /** The table in a slot, to be read until it is removed; empty where there is none. */
    Optional<UnwindTableImage> table(int slot);

    /** Says that a file has no table: its code is unwound by frame pointers. */
    void putWithoutTable(FileId file) throws SamplerException;

    /** When a sample last used the file's table, on {@link System#nanoTime}'s clock; 0 when none did, or it is gone. */
    long usedNanos(FileId file);

    /**
     * Forgets a file. When this returns no walk uses its entry or its table any more, and both may be used again.
     *
     * @param slot of its table; negative when it has none
     */
    void remove(FileId file, int slot);
}
