/* The user stack of the task at hand, into its sample: the only thing the sampler knows of unwinding. */
#ifndef SONDE_UNWIND_USER_STACK_H
#define SONDE_UNWIND_USER_STACK_H

#include "table_format.h"
#include "state.h"
#include "memory.h"
#include "table.h"
#include "files.h"
#include "mappings.h"
#include "dispatch.h"
#include "hotspot_name.h"

/* Writes what the walk saw mapped behind the sample's frames. */
static __always_inline void add_areas(const struct unwind_state *state, struct sonde_sample *sample) {
    __u32 frames = (__u32)sample->kernel_depth + sample->user_words;
    __u32 count = state->area_count;

    if (frames > SONDE_MAX_KERNEL_FRAMES + SONDE_MAX_USER_WORDS)
        return;
#pragma unroll
    for (__u32 i = 0; i < SONDE_MAX_AREAS; i++) {
        if (i < count)
            __builtin_memcpy(&sample->words[frames + i * SONDE_AREA_WORDS], &state->areas[i],
                             sizeof(struct sonde_area));
    }
    sample->areas = count;
}

/* Whether the process is a JVM that user space knows; into state->jvm. */
static __always_inline void find_jvm(struct unwind_state *state, const struct sonde_sample *sample) {
    const struct sonde_jvm_process *jvm = bpf_map_lookup_elem(&jvms, &sample->pid);

    state->jvm.code_low = state->jvm.code_end = state->jvm.return_barrier = 0;
    /* Another process with its number, or another program in it. */
    if (jvm && jvm->process_start_nanos == sample->process_start_nanos && jvm->stack_top == state->stack_top)
        state->jvm = *jvm;
}

/*
 * Writes the frames of the user stack, leaf first, behind the kernel's into the sample at hand, and their number.
 * `mm` is the process's memory. Returns how the walk ended.
 */
static __always_inline int unwind_user(struct mm_struct *mm, struct sonde_sample *sample) {
    bool young = bpf_ktime_get_boot_ns() - sample->process_start_nanos < SONDE_YOUNG_NANOS;
    struct unwind_state *state = unwind_state_here();
    int outcome;

    if (!state || sample->kernel_depth > SONDE_MAX_KERNEL_FRAMES)
        return SONDE_OUTCOME_NO_REGISTERS;
    state->mm = (__u64)mm;
    state->vdso = (__u64)mm->context.vdso;
    state->stack_top = mm->start_stack;
    state->pid = sample->pid;
    state->first = sample->kernel_depth;
    state->fs_base = sample->fs_base;
    find_jvm(state, sample);
    state->met_unnamed = false;
    if (state->jvm.code_end)
        note_jvm();
    outcome = walk_stack(state, &sample->registers);
    sample->user_depth = state->depth;
    sample->user_words = state->words;
    if (young && state->met_unnamed && !state->jvm.code_end)
        sample->flags |= SONDE_FLAG_MAY_BE_JVM;
    if (state->guessed)
        add(SONDE_COUNTER_FRAMES_BY_POINTER, state->guessed);
    if (outcome == SONDE_OUTCOME_TABLE_PENDING || young)
        add_areas(state, sample);
    return outcome;
}

#endif
