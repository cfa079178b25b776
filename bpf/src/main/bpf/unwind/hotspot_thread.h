/*
 * Frames of virtual threads. Those that run are on the stack of their carrier, above the frame of
 * Continuation.enterSpecial, whose ContinuationEntry begins at its stack pointer (runtime/continuationEntry.hpp). Once
 * a thread has been parked, only its innermost frames are thawed; the outermost of them returns to a barrier that thaws
 * more, and the others are still frozen in a StackChunk, an object on the heap
 * (runtime/continuationFreezeThaw.cpp).
 *
 * In a chunk an interpreter's frame has no addresses of the stack: its saved rbp is a distance in words from its own
 * slot, its caller's stack pointer one from rbp. A compiled frame's saved rbp is such a distance too, where its caller
 * is interpreted.
 */
#ifndef SONDE_UNWIND_HOTSPOT_THREAD_H
#define SONDE_UNWIND_HOTSPOT_THREAD_H

/* Chunks in a row that have no frames. */
#define MAX_EMPTY_CHUNKS 4

/* The reference in an object's field; 0 where it is null or cannot be read. */
static __always_inline __u64 read_reference(struct unwind_state *state, const struct sonde_jvm *jvm, __u64 address) {
    bool narrow = jvm->flags & SONDE_JVM_NARROW_OOPS;

    state->pair[0] = 0;
    if (read_jvm(state->pair, narrow ? sizeof(__u32) : sizeof(__u64), address) || !state->pair[0])
        return 0;
    return narrow ? jvm->oop_base + (state->pair[0] << (jvm->oop_shift & 63)) : state->pair[0];
}

/* Goes on with the carrier's frames. */
static __always_inline int leave_chunks(struct unwind_state *state, const struct sonde_jvm *jvm) {
    state->frame.pc = jvm->entry_return;
    state->frame.sp = state->entry;
    state->frame.fp = 0;
    state->chunk = state->chunk_end = 0;
    state->exact = false;
    state->all_registers = false;
    state->suspect = true;
    return jvm->entry_return ? SONDE_OUTCOME_CONTINUES : SONDE_OUTCOME_JVM_CHUNK;
}

/*
 * Goes on with the innermost frame of the first chunk that has any, from `chunk` on. Where there is none all frames
 * were thawed.
 */
static __always_inline int enter_chunk(struct unwind_state *state, const struct sonde_jvm *jvm, __u64 chunk) {
    for (int i = 0; i < MAX_EMPTY_CHUNKS && chunk; i++) {
        __u64 stack = chunk + jvm->chunk_stack, pc;
        __u32 first, last;

        if (read_jvm(&state->pair[0], sizeof(__u32), chunk + jvm->chunk_sp) ||
            read_jvm(&state->pair[1], sizeof(__u32), chunk + jvm->chunk_bottom))
            return SONDE_OUTCOME_JVM_CHUNK;
        first = (__u32)state->pair[0];
        last = (__u32)state->pair[1];
        if (first >= last) {
            chunk = read_reference(state, jvm, chunk + jvm->chunk_parent);
            continue;
        }
        if (read_jvm(&state->pair[0], sizeof(__u64), chunk + jvm->chunk_pc))
            return SONDE_OUTCOME_JVM_CHUNK;
        pc = state->pair[0];
        state->chunk = chunk;
        state->chunk_end = stack + sizeof(__u64) * last;
        state->frame.pc = pc;
        state->frame.sp = stack + sizeof(__u64) * first;
        state->frame.fp = state->frame.sp - 2 * sizeof(__u64);
        if (read_jvm(&state->pair[0], sizeof(__u64), state->frame.fp))
            return SONDE_OUTCOME_JVM_CHUNK;
        state->frame.fp += sizeof(__u64) * state->pair[0];
        state->exact = false;
        state->all_registers = false;
        state->suspect = true;
        return SONDE_OUTCOME_CONTINUES;
    }
    return chunk ? SONDE_OUTCOME_JVM_CHUNK : leave_chunks(state, jvm);
}

/* From the barrier that the outermost thawed frame returns to, whose stack pointer is the entry's, to the frozen ones.
 */
static __always_inline int pass_barrier(struct unwind_state *state, const struct sonde_jvm *jvm) {
    __u64 chunk;

    if (jvm->flags & SONDE_JVM_COLOURED_OOPS)
        return SONDE_OUTCOME_ZGC_CHUNK;
    if (jvm->cont_tail == SONDE_NO_FIELD || jvm->chunk_bottom == SONDE_NO_FIELD)
        return SONDE_OUTCOME_JVM_CHUNK;
    state->entry = state->frame.sp;
    if (read_user(state->pair, sizeof(__u64), state->entry + jvm->entry_cont) || !state->pair[0])
        return SONDE_OUTCOME_JVM_CHUNK;
    chunk = read_reference(state, jvm, state->pair[0] + jvm->cont_tail);
    return enter_chunk(state, jvm, chunk);
}

/* The same where code is moving frames: those that it has not moved are on neither side for sure, and left out. */
static __always_inline int step_to_entry(struct unwind_state *state, const struct sonde_jvm *jvm) {
    if (!state->all_registers || jvm->thread_entry == SONDE_NO_FIELD)
        return SONDE_OUTCOME_REGISTER_LOST;
    if (read_jvm(state->pair, sizeof(__u64), state->registers[15] + jvm->thread_entry) || !state->pair[0])
        return SONDE_OUTCOME_JVM_CHUNK;
    state->entry = state->pair[0];
    return leave_chunks(state, jvm);
}

/*
 * The frame at hand is none where it is the barrier, or lies behind a chunk's last: goes on with the frame that takes
 * its place. Not inlined: see find_code().
 */
__noinline int move_on(void) {
    struct unwind_state *state = unwind_state_here();
    const struct sonde_jvm *jvm = state ? jvm_here(state) : NULL;

    if (!jvm)
        return SONDE_OUTCOME_JVM_CHUNK;
    if (!state->chunk)
        return pass_barrier(state, jvm);
    return enter_chunk(state, jvm, read_reference(state, jvm, state->chunk + jvm->chunk_parent));
}

/* Steps from an interpreter's frame in a chunk. */
static __always_inline int step_from_frozen(struct unwind_state *state, const struct sonde_jvm *jvm) {
    __u64 fp = state->frame.fp, cfa;

    if (read_jvm(state->pair, sizeof(__u64), fp + jvm->slot_sender_sp))
        return SONDE_OUTCOME_JVM_CHUNK;
    cfa = fp + sizeof(__u64) * state->pair[0];
    if (read_jvm(state->pair, sizeof(state->pair), fp))
        return SONDE_OUTCOME_JVM_CHUNK;
    return go_to_caller(state, state->pair[1], cfa, fp + sizeof(__u64) * state->pair[0]);
}

#endif
