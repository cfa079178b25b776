/* What dispatch.h asks for, answered from what the caller of the library gave. */
#define _GNU_SOURCE
#include <stdbool.h>
#include <string.h>
#include <sys/uio.h>
#include "host.h"
#include "state.h"

#ifndef __noinline
#define __noinline static __attribute__((noinline))
#endif

#ifndef __always_inline
#define __always_inline inline __attribute__((always_inline))
#endif

/* include/linux/mm.h: what the BPF program reads of an area. */
#define VM_EXEC 0x4

static _Thread_local struct unwind_state walk_state;
static _Thread_local const struct sonde_host_request *walk_request;
static _Thread_local struct sonde_host_stack *walk_result;

static struct unwind_state *unwind_state_here(void) {
    return &walk_state;
}

/* The range that has an address, or NULL. */
static const struct sonde_host_range *range_of(__u64 address) {
    for (__u64 i = 0; i < walk_request->range_count; i++) {
        const struct sonde_host_range *range = &walk_request->ranges[i];

        if (address - range->start < range->bytes)
            return range;
    }
    return NULL;
}

/* Copies what one range has at an address, up to so many bytes; returns how many. */
static __u64 read_range(__u8 *to, __u64 bytes, __u64 address) {
    const struct sonde_host_range *range = range_of(address);
    __u64 there;

    if (!range)
        return 0;
    there = range->bytes - (address - range->start);
    if (there < bytes)
        bytes = there;
    memcpy(to, (const __u8 *)range->content + (address - range->start), bytes);
    return bytes;
}

/* The last mapping that does not start above an address; NULL when that is none, or ends before it. */
static const struct sonde_host_mapping *mapping_of(__u64 address) {
    __u64 low = 0, high = walk_request->mapping_count;

    while (low < high) {
        __u64 middle = low + (high - low) / 2;

        if (walk_request->mappings[middle].start <= address)
            low = middle + 1;
        else
            high = middle;
    }
    return low && address < walk_request->mappings[low - 1].end ? &walk_request->mappings[low - 1] : NULL;
}

/* Copies what the process has at an address now; returns how many bytes. */
static __u64 read_process(__u8 *to, __u64 bytes, __u64 address) {
    struct iovec local = {.iov_base = to, .iov_len = bytes};
    struct iovec remote = {.iov_base = (void *)address, .iov_len = bytes};
    ssize_t copied = process_vm_readv(walk_request->pid, &local, 1, &remote, 1, 0);

    return copied > 0 ? copied : 0;
}

/*
 * Whether what the process has there now may be read: all of a stopped one; of another, code, and what a JVM keeps, for
 * most often it is what it was. What looks at it (for a call, for a signal's trampoline) looks for evidence; where it
 * changed, that is missed.
 */
static bool is_read_now(__u64 address, bool kept) {
    const struct sonde_host_mapping *mapping;

    if (!walk_request->pid)
        return false;
    if (kept || walk_request->stopped)
        return true;
    mapping = mapping_of(address);
    return mapping && mapping->executable;
}

static long read_memory(__u8 *to, __u32 bytes, __u64 address, bool kept) {
    for (__u64 done = 0, copied; done < bytes; done += copied) {
        copied = read_range(to + done, bytes - done, address + done);
        if (!copied && is_read_now(address + done, kept))
            copied = read_process(to + done, bytes - done, address + done);
        if (!copied) {
            walk_result->unreadable = address + done;
            return -1;
        }
    }
    return 0;
}

/* Zero, or an error: not all of it is there. */
static long read_user(void *to, __u32 bytes, __u64 address) {
    return read_memory(to, bytes, address, false);
}

static long read_stack(struct unwind_state *state, __u64 *to, __u32 count, __u64 address) {
    (void)state; /* It is the one at hand. */
    return read_user(to, count * sizeof(__u64), address);
}

static long read_jvm(void *to, __u32 bytes, __u64 address) {
    return read_memory(to, bytes, address, true);
}

/* Not that of a process that has run on since: a virtual thread's frames may be another moment's. */
static bool is_heap_of_sample(void) {
    return !walk_request->pid || walk_request->stopped;
}

static const struct unwind_block *unwind_block_of(__u32 table, __u32 block) {
    if (table >= walk_request->table_count || block >= walk_request->tables[table].block_count)
        return NULL;
    return &walk_request->tables[table].blocks[block];
}

#include "table.h"

static void use_table(struct code_mapping *found, __u32 number, __u64 address) {
    const struct sonde_unwind_file *file;

    found->state = number == SONDE_HOST_TABLE_MISSING ? TABLE_UNKNOWN : TABLE_NONE;
    if (number >= walk_request->table_count)
        return;
    file = &walk_request->tables[number].file;
    found->layout = file->layout;
    found->layout.table = number;
    use_segment(file, found, address);
}

static int find_code(__u64 address) {
    const struct sonde_host_mapping *mapping = mapping_of(address);

    if (!mapping)
        return false;
    walk_state.found = (struct code_mapping){.start = mapping->start,
                                             .end = mapping->end,
                                             .flags = mapping->executable ? VM_EXEC : 0,
                                             .file_offset = mapping->file_offset};
    use_table(&walk_state.found, mapping->table, address);
    return true;
}

static bool find_area(__u64 address, struct unwind_state *state) {
    (void)state; /* It is the one at hand. */
    return find_code(address);
}

static bool put_word(const struct unwind_state *state, __u32 number, __u64 word) {
    (void)state; /* It is the one at hand. */
    if (number >= SONDE_MAX_USER_WORDS)
        return false;
    walk_result->words[number] = word;
    return true;
}

static void note_address(const struct unwind_state *state, __u64 address) {
    walk_result->addresses[state->depth] = address;
}

static void repeat(__u32 times, long (*turn)(__u32, void *)) {
    for (__u32 i = 0; i < times; i++) {
        if (turn(i, NULL))
            break;
    }
}

#include "dispatch.h"

void sonde_host_unwind(const struct sonde_host_request *request, struct sonde_host_stack *stack) {
    walk_request = request;
    walk_result = stack;
    walk_state.stack_top = request->stack_top;
    walk_state.fs_base = request->fs_base;
    walk_state.jvm = request->jvm ? *request->jvm : (struct sonde_jvm_process){};
    stack->unreadable = 0;
    stack->outcome = walk_stack(&walk_state, request->registers);
    stack->depth = walk_state.depth;
    stack->word_count = walk_state.words;
    stack->guessed = walk_state.guessed;
    walk_request = NULL;
    walk_result = NULL;
}
