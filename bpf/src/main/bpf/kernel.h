/*
 * Types, constants and structures of the kernel, declared by hand and only as far as they are used: the build needs
 * no kernel headers and no BTF of the machine it runs on. Offsets of structures are relocated when the object is
 * loaded (CO-RE); constants are ABI (include/uapi/linux/bpf.h) unless their comment says otherwise.
 */
#ifndef SONDE_KERNEL_H
#define SONDE_KERNEL_H

#define NULL ((void *)0)

#define BPF_MAP_TYPE_HASH 1
#define BPF_MAP_TYPE_PERCPU_ARRAY 6
#define BPF_MAP_TYPE_RINGBUF 27
#define BPF_ANY 0
#define BPF_F_NO_PREALLOC 1
#define BPF_RB_NO_WAKEUP 1

/* task_struct.flags (include/linux/sched.h): not ABI, unchanged from 5.12 to 6.18. */
#define PF_IO_WORKER 0x00000010
#define PF_KTHREAD 0x00200000

/* The code segments of user mode (arch/x86/include/asm/segment.h: __USER32_CS, __USER_CS). */
#define USER32_CS 0x23
#define USER_CS 0x33

/* The two low bits of cs are the privilege level (Intel SDM 3A, 5.5). */
#define CS_PRIVILEGE_MASK 3

/* struct bpf_perf_event_data (include/uapi/linux/bpf_perf_event.h); the program's context, no relocation. */
struct sonde_tick {
    struct sonde_registers registers;
    __u64 sample_period;
    __u64 addr;
};

#pragma clang attribute push(__attribute__((preserve_access_index)), apply_to = record)

struct mm_struct {
    __u64 start_stack;
};

struct task_struct {
    unsigned int flags;
    struct mm_struct *mm;
    int pid;
    int tgid;
    struct task_struct *group_leader;
    __u64 start_boottime;
    char comm[SONDE_COMM_BYTES];
};

struct timerqueue_node {
    __s64 expires;
};

struct hrtimer {
    struct timerqueue_node node;
};

struct hw_perf_event {
    struct hrtimer hrtimer;
};

struct perf_event {
    struct hw_perf_event hw;
};

struct bpf_perf_event_data_kern {
    struct perf_event *event;
};

#pragma clang attribute pop

#endif
