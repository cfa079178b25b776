/*
 * Unwind tables as they lie in the maps: how each piece of a file's code finds its caller. Module symbolizer makes them
 * of .eh_frame (its package cfi describes them), the agent of what HotSpot generates at its start; table.h finds the
 * rule of one place.
 *
 * A table is an array of blocks of 4 KiB: first rows, then the page index, then rules. Code is cut into pages of a
 * power of two bytes, from the table's base address on. A page's entry says which rule holds at its first byte and
 * where the rows of the changes within it are; those lie together in one block, ascending.
 */
#ifndef SONDE_UNWIND_TABLE_FORMAT_H
#define SONDE_UNWIND_TABLE_FORMAT_H

#define UNWIND_BLOCK_BYTES 4096

/* How the canonical frame address (CFA, the stack pointer before the call) is found. */
enum unwind_cfa {
    /* No rule covers this code: frame pointers, where they look right. */
    UNWIND_CFA_UNCOVERED = 0,
    /* register + offset */
    UNWIND_CFA_REGISTER = 1,
    /* *(register + offset) + addend */
    UNWIND_CFA_DEREFERENCED = 2,
    /* *(register + 8 * index register + offset) + addend */
    UNWIND_CFA_INDEXED = 3,
    /* register + offset, and a word more from the addend'th byte of a 16-byte PLT slot on: the slot has pushed. */
    UNWIND_CFA_PLT = 4,
    /* A rule that this form cannot express. */
    UNWIND_CFA_UNSUPPORTED = 5,
    /* The file's own description is broken. */
    UNWIND_CFA_BROKEN = 6,
    /* rbp + offset, on another stack than rsp's: code of Go's runtime that leaves one; the addend says which. */
    UNWIND_CFA_STACK_SWITCH = 7,
    /*
     * A frame of HotSpot's interpreter that is whole: the CFA is *(register + offset) + addend as where it is
     * DEREFERENCED, and sonde_jvm tells where from rbp on it has its Method and its bytecode pointer.
     */
    UNWIND_CFA_INTERPRETER = 8,
    /*
     * HotSpot moves a virtual thread's frames onto the carrier's stack or off it: the caller is the frame of the
     * continuation's entry, which is at *(JavaThread + sonde_jvm.thread_entry). All else of the rule is unread.
     */
    UNWIND_CFA_CONTINUATION = 9,
};

/* unwind_rule.cfa_addend of the functions of these names. */
#define UNWIND_SWITCH_ASMCGOCALL 2
#define UNWIND_SWITCH_MCALL 3
#define UNWIND_SWITCH_MORESTACK 4

/* How the caller's value of a register is found. */
enum unwind_saved {
    UNWIND_SAVED_SAME = 0,
    /* The word at CFA + offset, at rbp + offset, at the register that the CFA starts from + offset. */
    UNWIND_SAVED_AT_CFA = 1,
    UNWIND_SAVED_AT_RBP = 2,
    UNWIND_SAVED_AT_BASE = 3,
    /* CFA + offset */
    UNWIND_SAVED_CFA_VALUE = 4,
    /* In the register whose number the offset is. */
    UNWIND_SAVED_REGISTER = 5,
    /* Nowhere. For the return address: there is no caller. */
    UNWIND_SAVED_UNDEFINED = 6,
    UNWIND_SAVED_UNSUPPORTED = 7,
    /* The word at rsp + offset, where the CFA starts from another register. */
    UNWIND_SAVED_AT_RSP = 8,
    /* The word at r15 + offset: HotSpot keeps the address of its JavaThread there. */
    UNWIND_SAVED_AT_R15 = 9,
};

/* Of unwind_rule.ip: a signal trampoline's frame; its caller stands where it was interrupted. */
#define UNWIND_SIGNAL_FRAME 0x80

/*
 * Of unwind_rule.cfa_addend with UNWIND_CFA_REGISTER: the caller's rbx is this frame's. Below zero the addend is where
 * it lies from the CFA on, and 0 is not known. It is followed only in files that have a CFA on it: glibc's ld.so, whose
 * _dl_runtime_resolve calls the lazy binder from a frame of no fixed size.
 */
#define UNWIND_RBX_SAME 1

/* Registers have their DWARF numbers (System V ABI for x86-64, figure 3.36). */
struct unwind_rule {
    /* enum unwind_cfa */
    __u8 cfa;
    /* The CFA's register in the low four bits, its index register in the high ones. */
    __u8 cfa_registers;
    /* enum unwind_saved, of rbp; of the return address, with UNWIND_SIGNAL_FRAME. */
    __u8 fp;
    __u8 ip;
    __s32 cfa_offset;
    __s32 fp_offset;
    __s16 ip_offset;
    __s16 cfa_addend;
};

_Static_assert(sizeof(struct unwind_rule) == 16, "user space writes 16 bytes");

struct unwind_page {
    /* Of all the table's rows; the block is this by UNWIND_ROWS_PER_BLOCK. */
    __u32 first_row;
    __u16 rows;
    /* Number of the rule at the page's first byte. */
    __u16 rule;
};

_Static_assert(sizeof(struct unwind_page) == 8, "user space writes 8 bytes");

/* From this byte of the page on the rule holds. */
struct unwind_row {
    __u16 offset;
    __u16 rule;
};

_Static_assert(sizeof(struct unwind_row) == 4, "user space writes 4 bytes");

/* Where a table's parts begin. */
struct unwind_layout {
    /* Index in `unwind_tables`, or SONDE_NO_TABLE where user space found that the file has none. */
    __u32 table;
    __u32 index_block;
    __u32 rule_block;
    /* Pages of code, and the binary logarithm of their bytes. */
    __u32 pages;
    __u32 page_bits;
    __u32 reserved;
};

#include "hotspot_format.h"

#define UNWIND_RULES_PER_BLOCK (UNWIND_BLOCK_BYTES / sizeof(struct unwind_rule))
#define UNWIND_PAGES_PER_BLOCK (UNWIND_BLOCK_BYTES / sizeof(struct unwind_page))
#define UNWIND_ROWS_PER_BLOCK (UNWIND_BLOCK_BYTES / sizeof(struct unwind_row))

struct unwind_block {
    union {
        struct unwind_rule rules[UNWIND_RULES_PER_BLOCK];
        struct unwind_page pages[UNWIND_PAGES_PER_BLOCK];
        struct unwind_row rows[UNWIND_ROWS_PER_BLOCK];
        /* Of a JVM's table, one more block behind the others. */
        struct sonde_jvm jvm;
    };
};

_Static_assert(sizeof(struct unwind_block) == UNWIND_BLOCK_BYTES, "a block");

/* An executable load segment: the bytes of the file in it, and what to add for their place in the table. */
struct unwind_segment {
    __u64 begin;
    __u64 end;
    __s64 to_table;
};

/* Executable segments of a file: one, most often; two where a linker set the .plt apart. */
#define UNWIND_SEGMENTS 4

/* Value of the map `unwind_files`. */
struct sonde_unwind_file {
    /* CLOCK_MONOTONIC, written here: what was not used for long makes room first. */
    __u64 used_nanos;
    struct unwind_layout layout;
    struct unwind_segment segments[UNWIND_SEGMENTS];
};

_Static_assert(sizeof(struct sonde_unwind_file) == 32 + 24 * 4, "user space writes 128 bytes");

/* unwind_layout.table of a file without one. */
#define SONDE_NO_TABLE 0xffffffff

/* sonde_file_key.mtime_nanos of the vDSO, which is no file; all else of its key is zero. */
#define SONDE_VDSO_MTIME (-1)

/* Code that a process has mapped: of a file whose table is missed, or any, when user space asks for all there is. */
struct sonde_table_request {
    /* All zero for memory that is no file's. */
    struct sonde_file_key key;
    __u64 start;
    __u64 end;
    __u64 file_offset;
    /* As sonde_sample.process_start_nanos. */
    __u64 process_start_nanos;
    /* As unwind_state.stack_top. */
    __u64 stack_top;
    __u32 pid;
    __u32 reserved;
};

_Static_assert(sizeof(struct sonde_table_request) == 80, "user space reads 80 bytes");

#endif
