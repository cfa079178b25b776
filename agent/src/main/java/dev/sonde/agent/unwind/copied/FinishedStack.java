package dev.sonde.agent.unwind.copied;

import dev.sonde.agent.kernel.StackOutcome;
import dev.sonde.agent.kernel.code.MappedArea;
import java.util.List;

/**
 * A stack as user space unwound it.
 *
 * @param words its frames, leaf first; {@link dev.sonde.agent.kernel.code.FrameWord} tells what they are
 * @param outcome how it ended
 * @param areas the files' code that the frames lie in
 */
@SuppressWarnings("ArrayRecordComponent") // one stack, handed on at once
public record FinishedStack(long[] words, StackOutcome outcome, List<MappedArea> areas) {}
