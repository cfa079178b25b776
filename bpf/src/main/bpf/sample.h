/*
 * One sample as it lies in the ring buffer. Fixed-width fields in host order; frames leaf first, the kernel's
 * addresses before the user's words (enum sonde_frame), then areas of memory, then a copy of the stack, each as far as
 * there is one; the record ends there. dev.sonde.agent.kernel.Sample reads it.
 */
#ifndef SONDE_SAMPLE_H
#define SONDE_SAMPLE_H

#include "event.h"

/*
 * The general registers in the order of the kernel's entry frame (arch/x86/include/uapi/asm/ptrace.h). Declared here
 * because the kernel's own type changed (cs became 16 bits wide), while this layout is ABI.
 */
struct sonde_registers {
    __u64 r15;
    __u64 r14;
    __u64 r13;
    __u64 r12;
    __u64 bp;
    __u64 bx;
    __u64 r11;
    __u64 r10;
    __u64 r9;
    __u64 r8;
    __u64 ax;
    __u64 cx;
    __u64 dx;
    __u64 si;
    __u64 di;
    __u64 orig_ax;
    __u64 ip;
    __u64 cs;
    __u64 flags;
    __u64 sp;
    __u64 ss;
};

_Static_assert(sizeof(struct sonde_registers) == 168, "21 registers");

/*
 * One state of one file. Names can be reused, inode numbers too, and a file can be written anew in place: not together
 * with what else is here.
 */
struct sonde_file_key {
    __u64 inode;
    __s64 mtime_nanos;
    __u64 size;
    __u32 device;
    __u32 generation;
};

_Static_assert(sizeof(struct sonde_file_key) == 32, "no padding: it is a key");

/* Code that frames of the sample lie in, mapped from a file. */
struct sonde_area {
    __u64 start;
    __u64 end;
    __u64 file_offset;
    struct sonde_file_key file;
};

_Static_assert(sizeof(struct sonde_area) == 56, "user space reads 56 bytes");

#define SONDE_AREA_WORDS (sizeof(struct sonde_area) / sizeof(__u64))

/* Areas of one sample: the program, the dynamic linker and a handful of libraries; frames beyond stay unnamed. */
#define SONDE_MAX_AREAS 8

struct sonde_sample {
    /* CLOCK_MONOTONIC. */
    __u64 time_nanos;
    /* When the process's first thread started, CLOCK_BOOTTIME: tells a reused pid from the process before. */
    __u64 process_start_nanos;
    __u32 pid;
    __u32 tid;
    __u32 cpu;
    __u16 kernel_depth;
    /* Frames; their words are more where Java's are among them. */
    __u16 user_depth;
    /* enum sonde_outcome */
    __u8 outcome;
    /* enum sonde_flag */
    __u8 flags;
    /*
     * How many struct sonde_area follow the frames: those of a young process, which may end unread, and of a stack
     * that user space is to finish.
     */
    __u8 areas;
    /* 0 where no virtual thread runs, or none with a name that could be read. */
    __u8 virtual_name_bytes;
    /*
     * Bytes of the user stack in the copy, which lies behind the areas and begins with the address of its first byte.
     * Zero: there is none.
     */
    __u16 stack_bytes;
    __u16 user_words;
    /* The thread's name and its process's (the name of the process's first thread). */
    char comm[SONDE_COMM_BYTES];
    char process_comm[SONDE_COMM_BYTES];
    struct sonde_registers registers;
    /* Where the thread's own storage begins, as the kernel has noted it (struct thread_struct); 0 where not noted. */
    __u64 fs_base;
    /* java.lang.Thread.name of the virtual thread that the thread ran. */
    char virtual_name[SONDE_NAME_BYTES];
    /* Behind the frames lie the areas. */
    __u64 words[SONDE_MAX_KERNEL_FRAMES + SONDE_MAX_USER_WORDS + SONDE_MAX_AREAS * SONDE_AREA_WORDS];
};

#define SONDE_SAMPLE_ASSERT(field, at)                                                                                 \
    _Static_assert(__builtin_offsetof(struct sonde_sample, field) == at, #field " is not at " #at)

SONDE_SAMPLE_ASSERT(time_nanos, 0);
SONDE_SAMPLE_ASSERT(process_start_nanos, 8);
SONDE_SAMPLE_ASSERT(pid, 16);
SONDE_SAMPLE_ASSERT(tid, 20);
SONDE_SAMPLE_ASSERT(cpu, 24);
SONDE_SAMPLE_ASSERT(kernel_depth, 28);
SONDE_SAMPLE_ASSERT(user_depth, 30);
SONDE_SAMPLE_ASSERT(outcome, 32);
SONDE_SAMPLE_ASSERT(flags, 33);
SONDE_SAMPLE_ASSERT(areas, 34);
SONDE_SAMPLE_ASSERT(virtual_name_bytes, 35);
SONDE_SAMPLE_ASSERT(stack_bytes, 36);
SONDE_SAMPLE_ASSERT(user_words, 38);
SONDE_SAMPLE_ASSERT(comm, 40);
SONDE_SAMPLE_ASSERT(process_comm, 56);
SONDE_SAMPLE_ASSERT(registers, 72);
SONDE_SAMPLE_ASSERT(fs_base, 240);
SONDE_SAMPLE_ASSERT(virtual_name, 248);
SONDE_SAMPLE_ASSERT(words, 312);
_Static_assert(sizeof(struct sonde_sample) == 312 + 8 * (127 + 2048 + 8 * 7), "sample");
_Static_assert(SONDE_MAX_STACK_BYTES <= 65535, "stack_bytes has 16 bits");

#endif
