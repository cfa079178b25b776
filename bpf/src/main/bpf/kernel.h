/*
 * Types, constants and structures of the kernel, declared by hand and only as far as they are used: the build needs
 * no kernel headers and no BTF of the machine it runs on. Offsets of structures are relocated when the object is
 * loaded (CO-RE); constants are ABI (include/uapi/linux/bpf.h) unless their comment says otherwise.
 */
#ifndef SONDE_KERNEL_H
#define SONDE_KERNEL_H

#define NULL ((void *)0)

#define BPF_MAP_TYPE_HASH 1
#define BPF_MAP_TYPE_ARRAY 2
#define BPF_MAP_TYPE_PERCPU_ARRAY 6
#define BPF_MAP_TYPE_LRU_HASH 9
#define BPF_MAP_TYPE_ARRAY_OF_MAPS 12
#define BPF_MAP_TYPE_RINGBUF 27
#define BPF_ANY 0
#define BPF_F_NO_PREALLOC 1
#define BPF_F_INNER_MAP 0x1000
#define BPF_NOEXIST 1
#define BPF_RB_NO_WAKEUP 1

/* task_struct.flags (include/linux/sched.h): not ABI, unchanged from 5.12 to 6.18. */
#define PF_IO_WORKER 0x00000010
#define PF_KTHREAD 0x00200000

/* The code segments of user mode (arch/x86/include/asm/segment.h: __USER32_CS, __USER_CS). */
#define USER32_CS 0x23
#define USER_CS 0x33

/* arch/x86/include/asm/page_types.h; vm_area_struct.vm_pgoff counts such pages. */
#define PAGE_SHIFT 12
#define PAGE_BYTES (1 << PAGE_SHIFT)

/* The two low bits of cs are the privilege level (Intel SDM 3A, 5.5). */
#define CS_PRIVILEGE_MASK 3

/* struct bpf_perf_event_data (include/uapi/linux/bpf_perf_event.h); the program's context, no relocation. */
struct sonde_tick {
    struct sonde_registers registers;
    __u64 sample_period;
    __u64 addr;
};

#pragma clang attribute push(__attribute__((preserve_access_index)), apply_to = record)

struct maple_tree {
    void *ma_root;
};

struct maple_range_64 {
    __u64 pivot[15];
    void *slot[16];
};

struct maple_arange_64 {
    void *slot[10];
};

typedef struct {
    void *vdso;
} mm_context_t;

struct mm_struct {
    struct maple_tree mm_mt;
    __u64 start_stack;
    mm_context_t context;
};

struct super_block {
    __u32 s_dev;
};

struct inode {
    struct super_block *i_sb;
    __u64 i_ino;
    __u32 i_generation;
    __s64 i_size;
    __s64 i_mtime_sec;
    __u32 i_mtime_nsec;
};

struct timespec64 {
    __s64 tv_sec;
    __s64 tv_nsec;
};

/* Until 6.10, and until 6.6: libbpf drops what stands behind three underscores. */
struct inode___6_10 {
    struct timespec64 __i_mtime;
};

struct inode___6_6 {
    struct timespec64 i_mtime;
};

struct file {
    struct inode *f_inode;
};

struct linux_binprm {
    struct file *file;
};

struct vm_area_struct {
    __u64 vm_start;
    __u64 vm_end;
    struct mm_struct *vm_mm;
    __u64 vm_flags;
    __u64 vm_pgoff;
    struct file *vm_file;
};

/* arch/x86/include/asm/processor.h */
struct thread_struct {
    unsigned long fsbase;
};

struct task_struct {
    unsigned int flags;
    unsigned int in_execve : 1;
    struct mm_struct *mm;
    int pid;
    int tgid;
    struct task_struct *group_leader;
    __u64 start_boottime;
    char comm[SONDE_COMM_BYTES];
    struct thread_struct thread;
};

struct seq_file;

struct bpf_iter_meta {
    struct seq_file *seq;
};

struct bpf_iter__task_vma {
    struct bpf_iter_meta *meta;
    struct task_struct *task;
    struct vm_area_struct *vma;
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
