/*
 * The sampler: on each tick of a CPU's clock, who runs and where, from the kernel's leaf to the program's root, into
 * one ring buffer. Nothing wakes the reader: it polls.
 */
#include <stdbool.h>
#include "kernel_types.h"
#include "sample.h"
#include "kernel.h"
#include <bpf/bpf_helpers.h>
#include <bpf/bpf_core_read.h>
#include <bpf/bpf_tracing.h>
#include "maps.h"
#include "ticks.h"
#include "targets.h"
#include "unwind/user_stack.h"
#include "unwind/running.h"
#include "unwind/started.h"
#include "stack_copy.h"

/* Some helpers (bpf_probe_read_kernel, bpf_get_stack) are for programs under the kernel's own licence. */
char LICENSE[] SEC("license") = "GPL";

/* The registers with which the task was in user mode last. */
static __always_inline bool read_user_registers(struct sonde_tick *tick, struct task_struct *task, bool in_kernel,
                                                struct sonde_registers *registers) {
    if (in_kernel)
        return bpf_probe_read_kernel(registers, sizeof(*registers), (void *)bpf_task_pt_regs(task)) == 0;
        /* The verifier wants each field of the context read by itself. */
#pragma unroll
    for (unsigned int i = 0; i < sizeof(*registers) / sizeof(__u64); i++)
        ((__u64 *)registers)[i] = ((__u64 *)&tick->registers)[i];
    return true;
}

/* Kernel frames into sample->words. */
static __always_inline enum sonde_outcome sample_kernel_stack(struct sonde_tick *tick, struct sonde_sample *sample) {
    long bytes = bpf_get_stack(tick, sample->words, SONDE_MAX_KERNEL_FRAMES * sizeof(__u64), 0);

    if (bytes <= 0) {
        sample->words[0] = tick->registers.ip;
        sample->kernel_depth = 1;
        return SONDE_OUTCOME_KERNEL_UNWIND;
    }
    sample->kernel_depth = (__u64)bytes / sizeof(__u64);
    if (sample->kernel_depth >= config.max_kernel_frames)
        return SONDE_OUTCOME_KERNEL_DEPTH_LIMIT;
    return SONDE_OUTCOME_COMPLETE;
}

/* Whether the task is inside execve(2). The field is not ABI: without it, the outcome is only less exact. */
static __always_inline bool is_in_execve(struct task_struct *task) {
    if (!bpf_core_field_exists(task->in_execve))
        return false;
    return BPF_CORE_READ_BITFIELD_PROBED(task, in_execve);
}

/* User frames into sample->words behind the kernel's. */
static __always_inline enum sonde_outcome sample_user_stack(struct sonde_tick *tick, struct task_struct *task,
                                                            struct sonde_sample *sample, bool in_kernel) {
    struct mm_struct *mm = task->mm;
    int outcome;
    __u16 cs;

    if (!read_user_registers(tick, task, in_kernel, &sample->registers)) {
        add(SONDE_COUNTER_REGISTERS_UNREADABLE, 1);
        return SONDE_OUTCOME_NO_REGISTERS;
    }
    /* Noted by arch_prctl(2) and clone(2), which threads' libraries set it by, and when it last was scheduled. */
    sample->fs_base = task->thread.fsbase;
    sample->flags |= SONDE_FLAG_REGISTERS;
    if (!mm)
        return SONDE_OUTCOME_EXITING;
    /* The upper bits are not part of cs where the CPU delivers events by FRED. */
    cs = sample->registers.cs;
    if (cs == USER32_CS)
        return SONDE_OUTCOME_COMPAT_32BIT;
    if (cs != USER_CS)
        return SONDE_OUTCOME_NO_REGISTERS;
    outcome = unwind_user(mm, sample);
    /* The registers are still the old program's. */
    if (outcome == SONDE_OUTCOME_NOT_MAPPED && sample->user_depth == 1 && is_in_execve(task)) {
        sample->user_depth = 0;
        sample->user_words = 0;
        sample->areas = 0;
        return SONDE_OUTCOME_EXECUTING;
    }
    return outcome;
}

static __always_inline enum sonde_outcome sample_stack(struct sonde_tick *tick, struct task_struct *task,
                                                       struct sonde_sample *sample) {
    bool in_kernel = (tick->registers.cs & CS_PRIVILEGE_MASK) == 0;
    enum sonde_outcome outcome;

    if (in_kernel) {
        sample->flags |= SONDE_FLAG_IN_KERNEL;
        outcome = sample_kernel_stack(tick, sample);
        if (outcome != SONDE_OUTCOME_COMPLETE)
            return outcome;
    }
    if (task->flags & PF_KTHREAD) {
        sample->flags |= SONDE_FLAG_KERNEL_THREAD;
        return SONDE_OUTCOME_COMPLETE;
    }
    /* A worker that the kernel started inside the process (io_uring, vhost): it has no user side. */
    if (task->flags & PF_IO_WORKER)
        return SONDE_OUTCOME_COMPLETE;
    return sample_user_stack(tick, task, sample, in_kernel);
}

static __always_inline void describe_task(struct task_struct *task, struct sonde_sample *sample) {
    struct task_struct *leader = task->group_leader;

    sample->pid = task->tgid;
    sample->tid = task->pid;
    sample->cpu = bpf_get_smp_processor_id();
    sample->process_start_nanos = leader->start_boottime;
    bpf_probe_read_kernel(sample->comm, SONDE_COMM_BYTES, task->comm);
    bpf_probe_read_kernel(sample->process_comm, SONDE_COMM_BYTES, leader->comm);
}

/* Hands the filled part of the sample to user space. */
static __always_inline void submit(struct sonde_sample *sample) {
    __u64 words = (__u64)sample->kernel_depth + sample->user_words + sample->areas * SONDE_AREA_WORDS;
    __u64 bytes = __builtin_offsetof(struct sonde_sample, words) + words * sizeof(__u64);

    if (bytes > sizeof(*sample)) {
        add(SONDE_COUNTER_LOST_INTERNAL, 1);
        return;
    }
    if ((sample->outcome == SONDE_OUTCOME_TABLE_PENDING || sample->flags & SONDE_FLAG_MAY_BE_JVM) &&
        submit_with_stack(sample, bytes))
        return;
    if (bpf_ringbuf_output(&samples, sample, bytes, BPF_RB_NO_WAKEUP))
        add(SONDE_COUNTER_LOST_RING_FULL, 1);
    else
        add(SONDE_COUNTER_SAMPLES, 1);
}

SEC("perf_event")
int sample_cpu(struct sonde_tick *tick) {
    struct task_struct *task = bpf_get_current_task_btf();
    struct sonde_sample *sample;

    if (count_tick(tick, task))
        return 0;
    if (config.filter_by_pid && !is_target(task->tgid)) {
        add(SONDE_COUNTER_TICKS_FILTERED, 1);
        return 0;
    }
    sample = scratch_sample();
    if (!sample) {
        add(SONDE_COUNTER_LOST_INTERNAL, 1);
        return 0;
    }
    sample->time_nanos = bpf_ktime_get_ns();
    sample->flags = 0;
    sample->kernel_depth = 0;
    sample->user_depth = 0;
    sample->user_words = 0;
    sample->areas = 0;
    sample->virtual_name_bytes = 0;
    sample->stack_bytes = 0;
    describe_task(task, sample);
    sample->outcome = sample_stack(tick, task, sample);
    submit(sample);
    return 0;
}
