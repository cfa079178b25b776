/*
 * The way down one user stack. Each step looks at where the program counter stands and hands the frame to the unwinder
 * that knows its code: the file's own table, frame pointers where no table covers it, a JVM's own knowledge of its
 * code.
 *
 * There are two builds of it: the BPF program's (user_stack.h) and the host's library (host.c). Before this header each
 * includes what it answers these with:
 *   unwind_state_here()       the state of the walk at hand
 *   read_stack()              words of the stack
 *   read_user(), read_jvm()   the process's memory: its stack; its code, and what a JVM keeps
 *   is_heap_of_sample()       whether that is as it was when the stack was
 *   state->jvm                what is known of the JVM that it is
 *   find_area(), find_code()  what is mapped at an address; with its table, into state->found
 *   unwind_block_of()         a block of a table
 *   put_word(), note_address()  where frames go; what tells them beside their words
 *   repeat()                  a loop
 */
#ifndef SONDE_UNWIND_DISPATCH_H
#define SONDE_UNWIND_DISPATCH_H

#include "cfi.h"
#include "framepointer.h"
#include "hotspot.h"

static __always_inline void drop_frame(struct unwind_state *state) {
    state->depth--;
    state->words = state->frame_word;
}

/* Finds the caller of state->frame; SONDE_OUTCOME_CONTINUES, or how the walk ends. */
static __always_inline int step(struct unwind_state *state) {
    /* A call may be the last instruction of its function: what it returns to belongs to another one. */
    __u64 pc = state->frame.pc - (state->exact ? 0 : 1);
    int outcome;

    if (stands_for_others(state)) {
        outcome = move_on();
        if (outcome == SONDE_OUTCOME_CONTINUES)
            drop_frame(state);
        return outcome;
    }
    if (in_code_cache(state, pc)) {
        outcome = step_in_code_cache(state);
        if (outcome != STEP_BY_RULE)
            return outcome;
    } else {
        if (!in_user_space(pc) || !find_code(pc) || !(state->found.flags & VM_EXEC)) {
            state->refuted = true;
            return SONDE_OUTCOME_NOT_MAPPED;
        }
        /* Java code returns to the code cache, or nowhere. */
        if (state->suspect) {
            state->refuted = true;
            return SONDE_OUTCOME_JVM_NO_CALL;
        }
        if (state->found.state == TABLE_UNKNOWN)
            return SONDE_OUTCOME_TABLE_PENDING;
        if (state->found.state != TABLE_THERE)
            return step_by_frame_pointer(state);
        find_rule(pc + state->found.to_table, false);
        if (state->rule.cfa == UNWIND_CFA_UNCOVERED)
            return state->exact && state->jvm.code_end ? step_from_assembly() : step_by_frame_pointer(state);
    }
    state->suspect = false;
    return step_by_rule(state, &state->rule);
}

/* Writes the frame at hand, as code that has no more to tell than its address. False when there is no room. */
static __always_inline bool put_frame(struct unwind_state *state) {
    /* Readers take callers' addresses for what a call returns to, which lies behind it. */
    __u64 address = state->frame.pc + (state->exact && state->depth);

    if (state->depth >= SONDE_MAX_USER_FRAMES || !put_word(state, state->words, address))
        return false;
    note_address(state, address);
    state->frame_word = state->words;
    state->words++;
    state->depth++;
    return true;
}

/* One turn of the loop over frames; returns whether it ends. */
static long next_frame(__u32 turn, void *context) {
    struct unwind_state *state = unwind_state_here();

    if (!state)
        return 1;
    state->outcome = step(state);
    if (state->outcome != SONDE_OUTCOME_CONTINUES) {
        /* What is no code is no caller: the rule that named it was wrong. */
        if (state->refuted && state->depth > 1)
            drop_frame(state);
        return 1;
    }
    if (!put_frame(state)) {
        state->outcome = SONDE_OUTCOME_DEPTH_LIMIT;
        return 1;
    }
    return 0;
}

static __always_inline void begin_walk(struct unwind_state *state, const struct sonde_registers *registers) {
    state->depth = 0;
    state->words = 0;
    state->outcome = SONDE_OUTCOME_DEPTH_LIMIT;
    state->exact = true;
    state->all_registers = true;
    state->rbx_known = false;
    state->chained = false;
    state->suspect = false;
    state->refuted = false;
    state->chunk = state->chunk_end = 0;
    state->code.blob = state->code.end = 0;
    state->guessed = 0;
    state->instructions = 0;
    state->area_count = 0;
    state->window_bytes = 0;
    state->next_cached = 0;
    state->stack_start = state->stack_end = 0;
    state->frame = (struct user_frame){.pc = registers->ip, .sp = registers->sp, .fp = registers->bp};
    state->registers[0] = registers->ax;
    state->registers[1] = registers->dx;
    state->registers[2] = registers->cx;
    state->registers[3] = registers->bx;
    state->registers[4] = registers->si;
    state->registers[5] = registers->di;
    state->registers[8] = registers->r8;
    state->registers[9] = registers->r9;
    state->registers[10] = registers->r10;
    state->registers[11] = registers->r11;
    state->registers[12] = registers->r12;
    state->registers[13] = registers->r13;
    state->registers[14] = registers->r14;
    state->registers[15] = registers->r15;
#pragma unroll
    for (int i = 0; i < CACHED_MAPPINGS; i++)
        state->cached[i].end = 0;
    if (state->jvm.code_end)
        forget_code(state);
}

/* Writes the frames of the stack that the registers belong to, leaf first. Returns how the walk ended. */
static __always_inline int walk_stack(struct unwind_state *state, const struct sonde_registers *registers) {
    begin_walk(state, registers);
    put_frame(state);
    repeat(SONDE_MAX_USER_FRAMES, next_frame);
    return state->outcome;
}

#endif
