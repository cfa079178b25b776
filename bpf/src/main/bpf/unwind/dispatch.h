/*
 * The way down one user stack: the only thing the sampler knows of unwinding. Each step looks at where the program
 * counter stands and hands the frame to the unwinder that knows its code: the file's own table, or frame pointers where
 * no table covers it. The JVM's frames join here.
 */
#ifndef SONDE_UNWIND_DISPATCH_H
#define SONDE_UNWIND_DISPATCH_H

#include "table_format.h"
#include "state.h"
#include "memory.h"
#include "table.h"
#include "files.h"
#include "mappings.h"
#include "cfi.h"
#include "framepointer.h"

/* Finds the caller of state->frame; SONDE_OUTCOME_CONTINUES, or how the walk ends. */
static __always_inline int step(struct unwind_state *state) {
    /* A call may be the last instruction of its function: what it returns to belongs to another one. */
    __u64 pc = state->frame.pc - (state->exact ? 0 : 1);

    if (!in_user_space(pc) || !find_code(pc))
        return SONDE_OUTCOME_NOT_MAPPED;
    if (!(state->found.flags & VM_EXEC))
        return SONDE_OUTCOME_NOT_MAPPED;
    if (state->found.state == TABLE_UNKNOWN)
        return SONDE_OUTCOME_TABLE_PENDING;
    if (state->found.state == TABLE_THERE) {
        find_rule(&state->found.layout, pc + state->found.to_table, &state->rule);
        if (state->rule.cfa != UNWIND_CFA_UNCOVERED)
            return step_by_rule(state, &state->rule);
    }
    return step_by_frame_pointer(state);
}

/* One turn of the loop over frames; returns whether it ends. */
static long next_frame(__u32 turn, void *context) {
    struct unwind_state *state = unwind_state_here();
    struct sonde_sample *sample = scratch_sample();
    __u32 at;

    if (!state || !sample)
        return 1;
    state->outcome = step(state);
    if (state->outcome != SONDE_OUTCOME_CONTINUES)
        return 1;
    at = state->first + state->depth;
    if (state->depth >= SONDE_MAX_USER_FRAMES || at >= SONDE_MAX_KERNEL_FRAMES + SONDE_MAX_USER_FRAMES) {
        state->outcome = SONDE_OUTCOME_DEPTH_LIMIT;
        return 1;
    }
    /* Readers take callers' addresses for what a call returns to, which lies behind it. */
    sample->addresses[at] = state->frame.pc + state->exact;
    state->depth++;
    return 0;
}

static __always_inline void begin_walk(struct unwind_state *state, struct mm_struct *mm,
                                       const struct sonde_registers *registers, __u32 pid, __u32 first) {
    state->mm = (__u64)mm;
    state->vdso = (__u64)mm->context.vdso;
    state->pid = pid;
    state->first = first;
    state->depth = 1;
    state->outcome = SONDE_OUTCOME_DEPTH_LIMIT;
    state->exact = true;
    state->all_registers = true;
    state->chained = false;
    state->guessed = 0;
    state->area_count = 0;
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
}

/* Writes what the walk saw mapped behind the sample's frames. */
static __always_inline void add_areas(const struct unwind_state *state, struct sonde_sample *sample) {
    __u32 frames = (__u32)sample->kernel_depth + sample->user_depth;
    __u32 count = state->area_count;

    if (frames > SONDE_MAX_KERNEL_FRAMES + SONDE_MAX_USER_FRAMES)
        return;
#pragma unroll
    for (__u32 i = 0; i < SONDE_MAX_AREAS; i++) {
        if (i < count)
            __builtin_memcpy(&sample->addresses[frames + i * SONDE_AREA_WORDS], &state->areas[i],
                             sizeof(struct sonde_area));
    }
    sample->areas = count;
}

/*
 * Writes the addresses of the user stack, leaf first, behind the kernel's into the sample at hand, and their number to
 * *depth. `mm` is the process's memory. Returns how the walk ended.
 */
static __always_inline int unwind_user(struct mm_struct *mm, struct sonde_sample *sample) {
    struct unwind_state *state = unwind_state_here();
    __u32 first = sample->kernel_depth;

    if (!state || first > SONDE_MAX_KERNEL_FRAMES)
        return SONDE_OUTCOME_NO_REGISTERS;
    begin_walk(state, mm, &sample->registers, sample->pid, first);
    sample->addresses[first] = sample->registers.ip;
    bpf_loop(SONDE_MAX_USER_FRAMES, next_frame, NULL, 0);
    sample->user_depth = state->depth;
    if (bpf_ktime_get_boot_ns() - sample->process_start_nanos < SONDE_YOUNG_NANOS)
        add_areas(state, sample);
    return state->outcome;
}

#endif
