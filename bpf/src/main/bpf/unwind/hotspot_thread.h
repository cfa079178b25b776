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

/* Reads the reference in an object's field into state->pair[0], where null is 0. */
static __always_inline int read_reference(struct unwind_state *state, const struct sonde_jvm *jvm, __u64 address) {
    bool narrow = jvm->flags & SONDE_JVM_NARROW_OOPS;

    state->pair[0] = 0;
    if (read_jvm(state->pair, narrow ? sizeof(__u32) : sizeof(__u64), address))
        return SONDE_OUTCOME_JVM_CHUNK;
    if (jvm->flags & SONDE_JVM_COLOURED_OOPS)
        return take_colour_off();
    if (narrow && state->pair[0])
        state->pair[0] = jvm->oop_base + (state->pair[0] << (jvm->oop_shift & 63));
    return SONDE_OUTCOME_CONTINUES;
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

/* Goes on with the innermost frame of the first chunk that has any, from this one on; 0: all frames were thawed. */
static __always_inline int enter_chunk(struct unwind_state *state, const struct sonde_jvm *jvm, __u64 chunk) {
    for (int i = 0; i < MAX_EMPTY_CHUNKS; i++) {
        __u64 stack = chunk + jvm->chunk_stack, pc;
        __u32 first, last;
        int outcome;

        if (!chunk)
            return leave_chunks(state, jvm);
        if (read_jvm(&state->pair[0], sizeof(__u32), chunk + jvm->chunk_sp) ||
            read_jvm(&state->pair[1], sizeof(__u32), chunk + jvm->chunk_bottom))
            return SONDE_OUTCOME_JVM_CHUNK;
        first = (__u32)state->pair[0];
        last = (__u32)state->pair[1];
        if (first >= last) {
            outcome = read_reference(state, jvm, chunk + jvm->chunk_parent);
            if (outcome != SONDE_OUTCOME_CONTINUES)
                return outcome;
            chunk = state->pair[0];
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
    return SONDE_OUTCOME_JVM_CHUNK;
}

/* What an OopHandle's field leads to; 0 where it is null or cannot be read. */
static __always_inline __u64 read_handle(struct unwind_state *state, const struct sonde_jvm *jvm, __u64 address) {
    if (read_jvm(state->pair, sizeof(__u64), address) || !state->pair[0])
        return 0;
    if (read_jvm(state->pair, sizeof(__u64), state->pair[0]))
        return 0;
    if ((jvm->flags & SONDE_JVM_COLOURED_OOPS) && take_colour_off() != SONDE_OUTCOME_CONTINUES)
        return 0;
    return state->pair[0];
}

/*
 * The JavaThread: in r15 while its own code runs. Behind a call it is where libjvm keeps it, in thread-local storage
 * (System V ABI's thread-local storage, Drepper, section 3; glibc: tcbhead_t.dtv, dtv_t of 16 bytes). 0 where it is not
 * known.
 */
static __always_inline __u64 java_thread(struct unwind_state *state, const struct sonde_jvm *jvm) {
    if (state->all_registers)
        return state->registers[15];
    if (!jvm->thread_module || !state->fs_base || read_jvm(state->pair, sizeof(__u64), state->fs_base + sizeof(__u64)))
        return 0;
    if (read_jvm(state->pair, sizeof(__u64), state->pair[0] + 16 * (__u64)jvm->thread_module))
        return 0;
    /* Not allocated is -1 (TLS_DTV_UNALLOCATED). */
    if (!in_user_space(state->pair[0]) || read_jvm(state->pair, sizeof(__u64), state->pair[0] + jvm->thread_offset))
        return 0;
    return state->pair[0];
}

/*
 * Whether the Continuation that the stack refers to is that of the virtual thread at hand. ZGC leaves references on the
 * stack as they were until their frame is returned to, without a colour (gc/z/zStackWatermark.cpp): another may stand
 * there since.
 */
static __always_inline bool is_own_continuation(struct unwind_state *state, const struct sonde_jvm *jvm,
                                                __u64 continuation) {
    __u64 thread = java_thread(state, jvm), virtual;

    if (!thread || jvm->virtual_cont == SONDE_NO_FIELD || jvm->thread_virtual == SONDE_NO_FIELD)
        return false;
    virtual = read_handle(state, jvm, thread + jvm->thread_virtual);
    if (!virtual || read_reference(state, jvm, virtual + jvm->virtual_cont) != SONDE_OUTCOME_CONTINUES)
        return false;
    return state->pair[0] == continuation;
}

/* From the barrier that the outermost thawed frame returns to, whose stack pointer is the entry's, to the frozen ones.
 */
static __always_inline int pass_barrier(struct unwind_state *state, const struct sonde_jvm *jvm) {
    __u64 continuation;
    int outcome;

    if (!is_heap_of_sample() || jvm->cont_tail == SONDE_NO_FIELD || jvm->chunk_bottom == SONDE_NO_FIELD)
        return SONDE_OUTCOME_JVM_CHUNK;
    state->entry = state->frame.sp;
    if (read_stack(state, state->pair, 1, state->entry + jvm->entry_cont) || !state->pair[0])
        return SONDE_OUTCOME_JVM_CHUNK;
    continuation = state->pair[0];
    if ((jvm->flags & SONDE_JVM_COLOURED_OOPS) && !is_own_continuation(state, jvm, continuation))
        return SONDE_OUTCOME_ZGC_CHUNK;
    outcome = read_reference(state, jvm, continuation + jvm->cont_tail);
    if (outcome != SONDE_OUTCOME_CONTINUES)
        return outcome;
    return enter_chunk(state, jvm, state->pair[0]);
}

/* The carrier's frames where code is moving frames: those that it has not moved are on neither side for sure, and left
 * out. */
static __always_inline int step_to_entry(struct unwind_state *state, const struct sonde_jvm *jvm) {
    __u64 thread = java_thread(state, jvm);

    if (!is_heap_of_sample())
        return SONDE_OUTCOME_JVM_CHUNK;
    if (!thread || jvm->thread_entry == SONDE_NO_FIELD || jvm->thread_stack_base == SONDE_NO_FIELD)
        return SONDE_OUTCOME_REGISTER_LOST;
    if (read_jvm(&state->pair[0], sizeof(__u64), thread + jvm->thread_entry) ||
        read_jvm(&state->pair[1], sizeof(__u64), thread + jvm->thread_stack_base))
        return SONDE_OUTCOME_JVM_CHUNK;
    state->entry = state->pair[0];
    /* No thread's, or another's. */
    if ((state->entry & 7) || state->entry < state->frame.sp || state->entry >= state->pair[1])
        return SONDE_OUTCOME_JVM_CHUNK;
    return leave_chunks(state, jvm);
}

/*
 * The frame at hand is none where it is the barrier, or lies behind a chunk's last: goes on with the frame that takes
 * its place. Not inlined: see find_code().
 */
__noinline int move_on(void) {
    struct unwind_state *state = unwind_state_here();
    const struct sonde_jvm *jvm = state ? jvm_here(state) : NULL;
    int outcome;

    if (!jvm)
        return SONDE_OUTCOME_JVM_CHUNK;
    if (!state->chunk)
        return pass_barrier(state, jvm);
    outcome = read_reference(state, jvm, state->chunk + jvm->chunk_parent);
    if (outcome == SONDE_OUTCOME_CONTINUES)
        outcome = enter_chunk(state, jvm, state->pair[0]);
    state->refuted = outcome != SONDE_OUTCOME_CONTINUES;
    return outcome;
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
