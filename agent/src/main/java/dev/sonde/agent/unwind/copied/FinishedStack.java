package dev.sonde.agent.unwind.copied;

import dev.sonde.agent.kernel.StackOutcome;
import dev.sonde.agent.kernel.code.MappedArea;
import java.util.List;

/**
 * A stack as user space unwound it.
 *
 * @param addresses leaf first; a caller's is the address behind its call
 * @param outcome how it ended
 * @param areas the files' code that the addresses lie in
 */
@SuppressWarnings("ArrayRecordComponent") // one stack, handed on at once
public record FinishedStack(long[] addresses, StackOutcome outcome, List<MappedArea> areas) {}
