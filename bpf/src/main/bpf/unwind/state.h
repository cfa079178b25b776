/* One walk down a user stack: where it stands, and what it has learned of the process's memory on its way. */
#ifndef SONDE_UNWIND_STATE_H
#define SONDE_UNWIND_STATE_H

/* Mappings remembered during one sample: most stacks alternate between the program and two or three libraries. */
#define CACHED_MAPPINGS 4

/* User addresses lie below this with four- and with five-level page tables (Documentation/arch/x86/x86_64/mm.rst). */
#define USER_ADDRESS_END (1ULL << 56)

/* Nothing is mapped below (the default of vm.mmap_min_addr). */
#define USER_ADDRESS_BEGIN 65536

/* An area of the process's memory, and the unwind table of what is mapped there. */
struct code_mapping {
    __u64 start;
    __u64 end;
    __u64 flags;
    __u64 file_offset;
    /* struct file *, 0 for memory that is no file's. */
    __u64 file;
    /* What to add to an address for its place in the table. */
    __u64 to_table;
    struct unwind_layout layout;
    /* enum table_state */
    __u64 state;
};

enum table_state {
    TABLE_THERE = 0,
    /* User space has not looked at the file yet. */
    TABLE_UNKNOWN = 1,
    /* The file has no table, or the memory is no file's. */
    TABLE_NONE = 2,
};

struct user_frame {
    __u64 pc;
    __u64 sp;
    __u64 fp;
};

/* The registers in the kernel's signal frame (struct sigcontext_64, arch/x86/include/uapi/asm/sigcontext.h). */
struct signal_registers {
    __u64 r8_to_r15[8];
    __u64 di, si, bp, bx, dx, ax, cx, sp, ip;
};

struct unwind_state {
    __u64 mm;
    __u64 vdso;
    /* Where the kernel put the first thread's arguments: its stack begins below. */
    __u64 stack_top;
    struct user_frame frame;
    /* The stack's memory area, once a frame pointer had to be judged by it. */
    __u64 stack_start;
    __u64 stack_end;
    __u32 pid;
    __u32 depth;
    /* Where the walk's words begin in the sample's. */
    __u32 first;
    /* How many there are, and which is the first of the frame at hand. */
    __u32 words;
    __u32 frame_word;
    /* enum sonde_outcome, valid when the walk has ended. */
    __u32 outcome;
    /* Whether frame.pc is where the code stands: the leaf, and what a signal interrupted. Else it has called. */
    __u8 exact;
    /* Whether the registers apart from frame's are known: the leaf's, and what a signal interrupted. */
    __u8 all_registers;
    /* Whether rbx among them is. */
    __u8 rbx_known;
    __u8 next_cached;
    /* Whether frame was found by a frame pointer, so that its own one means something. */
    __u8 chained;
    /* Frames found by frame pointers. */
    __u32 guessed;
    /* In DWARF order (System V ABI for x86-64, figure 3.36): rax rdx rcx rbx rsi rdi rbp rsp r8-r15. */
    __u64 registers[16];
    struct code_mapping found;
    struct code_mapping cached[CACHED_MAPPINGS];
    __u64 pivots[15];
    struct unwind_rule rule;
    /* Here because the stack is short: Linux 6.1 allows 512 bytes to all calls together. */
    struct signal_registers saved;
    struct sonde_table_request request;
    struct sonde_file_key key;
    /* The code that was passed, for whoever names the addresses. */
    struct sonde_area areas[SONDE_MAX_AREAS];
    __u32 area_count;
};

#define DWARF_RBX 3
#define DWARF_RBP 6
#define DWARF_RSP 7

static __always_inline bool in_user_space(__u64 address) {
    return address >= USER_ADDRESS_BEGIN && address < USER_ADDRESS_END;
}

#endif
