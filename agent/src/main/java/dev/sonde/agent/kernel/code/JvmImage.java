package dev.sonde.agent.kernel.code;

import static java.lang.foreign.ValueLayout.JAVA_INT;
import static java.lang.foreign.ValueLayout.JAVA_LONG;

import java.lang.foreign.MemorySegment;
import java.util.Arrays;

/**
 * What the unwinder gets of a JVM (unwind/hotspot_format.h): the table of its code that stays, with one block more that
 * holds the description of the rest.
 *
 * @param table of the code that stays; its segments are not read
 * @param description a {@code struct sonde_jvm}, {@link #DESCRIPTION_BYTES}
 * @param codeLow the lowest address of all code heaps
 * @param codeEnd the first address behind them
 * @param returnBarrier StubRoutines::_cont_returnBarrier, or 0
 */
@SuppressWarnings("ArrayRecordComponent") // written once, read once
public record JvmImage(UnwindTableImage table, byte[] description, long codeLow, long codeEnd, long returnBarrier) {

    /** struct sonde_jvm. */
    public static final int DESCRIPTION_BYTES = 536;

    /** struct sonde_jvm_process. */
    public static final int PROCESS_BYTES = 72;

    private static final int PROCESS_START = 0;
    private static final int STACK_TOP = 8;
    private static final int CODE_LOW = 16;
    private static final int CODE_END = 24;
    private static final int RETURN_BARRIER = 32;
    private static final int LAYOUT = 40;
    private static final int JVM_BLOCK = 64;

    public JvmImage {
        if (description.length != DESCRIPTION_BYTES) {
            throw new IllegalArgumentException(
                    "description: " + description.length + " bytes (expected: " + DESCRIPTION_BYTES + ")");
        }
    }

    /** All blocks: the table's, then that of the description. */
    public UnwindTableImage blocks() {
        int last = table.blockCount();
        UnwindTableImage.Blocks all = (number, into) -> {
            if (number < last) {
                table.blocks().read(number, into);
            } else {
                Arrays.fill(into, (byte) 0);
                System.arraycopy(description, 0, into, 0, description.length);
            }
        };
        return new UnwindTableImage(
                all,
                last + 1,
                table.indexBlock(),
                table.ruleBlock(),
                table.pages(),
                table.pageBits(),
                table.segments());
    }

    /**
     * Writes the {@code struct sonde_jvm_process} of a process.
     *
     * @param process {@link #PROCESS_BYTES}, aligned to 8
     * @param slot the number that the table has among others
     * @param processStartNanos when the process started, CLOCK_BOOTTIME
     * @param stackTop the stack pointer with which the program was started (startstack of proc_pid_stat(5))
     */
    public void describe(MemorySegment process, int slot, long processStartNanos, long stackTop) {
        process.set(JAVA_LONG, PROCESS_START, processStartNanos);
        process.set(JAVA_LONG, STACK_TOP, stackTop);
        process.set(JAVA_LONG, CODE_LOW, codeLow);
        process.set(JAVA_LONG, CODE_END, codeEnd);
        process.set(JAVA_LONG, RETURN_BARRIER, returnBarrier);
        table.describeLayout(process.asSlice(LAYOUT), slot);
        process.set(JAVA_INT, JVM_BLOCK, table.blockCount());
    }
}
