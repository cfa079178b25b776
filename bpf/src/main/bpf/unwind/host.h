/*
 * The unwinder outside of the kernel: a shared library over copied memory. The rules are the BPF program's, from the
 * same headers.
 * dev.sonde.agent.unwind.host has the same structures.
 */
#ifndef SONDE_UNWIND_HOST_H
#define SONDE_UNWIND_HOST_H

#include "../kernel_types.h"
#include "../sample.h"
#include "table_format.h"

/* Memory of the process: copied, or of a file that is mapped there. */
struct sonde_host_range {
    __u64 start;
    __u64 bytes;
    const void *content;
};

/* The mapping's file has no table, or it is no file's: frame pointers are followed in its code. */
#define SONDE_HOST_NO_TABLE 0xffffffff

/* The mapping's file may have a table, but it is not among those given. */
#define SONDE_HOST_TABLE_MISSING 0xfffffffe

/* A memory area of the process, of code or not. */
struct sonde_host_mapping {
    __u64 start;
    __u64 end;
    __u64 file_offset;
    __u32 executable;
    /* Index of its file's table, SONDE_HOST_NO_TABLE or SONDE_HOST_TABLE_MISSING. */
    __u32 table;
};

/* A file's table; file.layout.table and file.used_nanos are not read. */
struct sonde_host_table {
    const struct unwind_block *blocks;
    __u64 block_count;
    struct sonde_unwind_file file;
};

/* A stack, and what belongs to it. Nothing is written to, and nothing kept. */
struct sonde_host_request {
    const struct sonde_registers *registers;
    /* No two overlap. */
    const struct sonde_host_range *ranges;
    __u64 range_count;
    /* Ascending; no two overlap. */
    const struct sonde_host_mapping *mappings;
    __u64 mapping_count;
    const struct sonde_host_table *tables;
    __u64 table_count;
    /* The stack pointer with which the program was started (startstack of proc_pid_stat(5)), or 0. */
    __u64 stack_top;
    /* Not 0: the process, if it still runs; code that is in none of the ranges is read from it, and what a JVM keeps.
     */
    __u32 pid;
    /* The process is stopped, and its stack as the registers have it: all is read from it. */
    __u32 stopped;
    /* A JVM, whose layout.table is an index of `tables`; NULL for none. Its start and stack_top are not read. */
    const struct sonde_jvm_process *jvm;
    /* As sonde_sample.fs_base. */
    __u64 fs_base;
};

_Static_assert(sizeof(struct sonde_host_range) == 24, "Java writes 24 bytes");
_Static_assert(sizeof(struct sonde_host_mapping) == 32, "Java writes 32 bytes");
_Static_assert(sizeof(struct sonde_host_table) == 16 + sizeof(struct sonde_unwind_file), "Java writes 144 bytes");
_Static_assert(sizeof(struct sonde_host_request) == 88, "Java writes 88 bytes");

/* What the walk found. */
struct sonde_host_stack {
    /* enum sonde_outcome */
    __u32 outcome;
    __u32 depth;
    /* Frames whose caller was found by frame pointers. */
    __u32 guessed;
    __u32 word_count;
    /* Where the read failed that ended the walk as unreadable; else of no meaning. */
    __u64 unreadable;
    /* Of each frame, leaf first, Java's too; a caller's is the address behind its call. */
    __u64 addresses[SONDE_MAX_USER_FRAMES];
    /* The frames as in a sample (enum sonde_frame). */
    __u64 words[SONDE_MAX_USER_WORDS];
};

_Static_assert(sizeof(struct sonde_host_stack) == 24 + 8 * (SONDE_MAX_USER_FRAMES + SONDE_MAX_USER_WORDS),
               "Java reads these bytes");

/* Unwinds one stack. From any number of threads. */
__attribute__((visibility("default"))) void sonde_host_unwind(const struct sonde_host_request *request,
                                                              struct sonde_host_stack *stack);

#endif
