package dev.sonde.agent.wiring;

import dev.sonde.agent.kernel.Sample;
import dev.sonde.agent.kernel.StackOutcome;
import dev.sonde.agent.kernel.code.MappedArea;
import dev.sonde.agent.process.ProcessInfo;
import dev.sonde.agent.unwind.copied.CopiedStack;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/**
 * A sample that waits for its stack, with what it is without.
 *
 * @param process as it was when the sample came
 * @param atSafepoint whether the process's JVM was
 * @param virtualName the name of the virtual thread that the thread ran; empty where it ran none
 * @param virtualNameIsUtf16 whether that is UTF-16LE; else ISO 8859-1
 * @param kernelAddresses leaf first
 * @param userWords the frames, leaf first, as far as the sampling program unwound them
 * @param outcome how that ended
 * @param areas the code that was met on the way
 */
@SuppressWarnings("ArrayRecordComponent") // one sample's, handed on as they are
record HeldSample(
        ProcessInfo process,
        int pid,
        int tid,
        long commLow,
        long commHigh,
        boolean atSafepoint,
        byte[] virtualName,
        boolean virtualNameIsUtf16,
        long[] kernelAddresses,
        long[] userWords,
        StackOutcome outcome,
        List<MappedArea> areas,
        CopiedStack stack) {

    static HeldSample of(Sample sample, ProcessInfo process, CopiedStack stack) {
        long[] kernel = new long[sample.kernelDepth()];
        for (int i = 0; i < kernel.length; i++) {
            kernel[i] = sample.kernelAddress(i);
        }
        long[] user = new long[sample.userWords()];
        for (int i = 0; i < user.length; i++) {
            user[i] = sample.userWord(i);
        }
        List<MappedArea> areas = new ArrayList<>();
        for (int i = 0; i < sample.areas(); i++) {
            areas.add(sample.area(i));
        }
        byte[] name = new byte[Sample.NAME_BYTES];
        return new HeldSample(
                process,
                sample.pid(),
                sample.tid(),
                sample.commLow(),
                sample.commHigh(),
                sample.atSafepoint(),
                Arrays.copyOf(name, sample.virtualName(name)),
                sample.virtualNameIsUtf16(),
                kernel,
                user,
                sample.outcome(),
                areas,
                stack);
    }
}
