package dev.sonde.agent.unwind.host;

import dev.sonde.agent.kernel.StackOutcome;

/**
 * What a walk found.
 *
 * @param addresses of each frame, leaf first; a caller's is the address behind its call
 * @param words the frames as in a sample; {@link dev.sonde.agent.kernel.code.FrameWord} tells what they are
 * @param outcome how the walk ended
 * @param guessed frames whose caller was found by frame pointers
 * @param unreadable the address that ended the walk, where the outcome is {@link StackOutcome#UNREADABLE}
 */
@SuppressWarnings("ArrayRecordComponent") // one stack, handed on at once
public record HostStack(long[] addresses, long[] words, StackOutcome outcome, int guessed, long unreadable) {}
