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

/* Bytes of code before and behind an address that are looked at. */
#define CODE_BEFORE 24
#define CODE_BYTES 64

/* Bytes of the stack that are read together, and how many of them lie before what is asked for first. */
#define STACK_WINDOW_BYTES 512
#define STACK_WINDOW_BEFORE 64

/* Bytes read of a block of code: the end of its header, its blob. A power of two: places in it are masked. */
#define BLOCK_BYTES (2 * SONDE_BLOB_BYTES)

/* A method's code, or other code in a JVM's code cache, as its blob tells. */
struct java_code {
    __u64 blob;
    __u64 end;
    /* Of the machine code. */
    __u64 begin;
    /* Method *, 0 where it is no method's code. */
    __u64 method;
    __u64 deopt;
    __u64 deopt_mh;
    __u32 compile_id;
    /* In words, with the return address; below 1 where it has no frame of one size. */
    __s32 frame_size;
    __s32 frame_complete;
    __s32 orig_pc;
    __u32 is_method;
    __u32 is_vtable;
};

/* Where a Method has its bytecodes; of none where that is 0. */
struct bytecodes {
    __u64 method;
    __u64 begin;
    __u64 bytes;
};

/* The rule of an address in a JVM's code that stays; of none where that is 0. */
struct stable_rule {
    __u64 address;
    struct unwind_rule rule;
};

/* Remembered during one sample: methods that call each other, return addresses in the interpreter. */
#define KNOWN_CODES 4
#define KNOWN_METHODS 4
#define KNOWN_RULES 4

struct unwind_state {
    __u64 mm;
    __u64 vdso;
    /* Where the kernel put the first thread's arguments: its stack begins below. */
    __u64 stack_top;
    /* Where the thread's own storage begins, or 0. */
    __u64 fs_base;
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
    /* The JVM that the process is; code_end is 0 where it is none. */
    struct sonde_jvm_process jvm;
    /* Whether the walk met code of no file, which is one's most often. */
    __u8 met_unnamed;
    struct java_code code;
    /* What the walk met before: recursion, and the interpreter, meet it again. */
    struct java_code known_codes[KNOWN_CODES];
    struct bytecodes known_bytecodes[KNOWN_METHODS];
    struct stable_rule known_rules[KNOWN_RULES];
    __u8 next_code;
    /* Whether frame.pc was found by a rule that may err: then it has to be an address that calls return to. */
    __u8 suspect;
    /* Whether it was not: the frame at hand is none. */
    __u8 refuted;
    /* Machine code around an address. */
    __u8 bytes[CODE_BYTES];
    /* Bytes that a barrier's code has put above its method's frame, as far as the code is looked at. */
    __u64 code_at;
    /* Where the piece of it that state->bytes has begins, and how much that is. */
    __u64 bytes_at;
    __u32 bytes_read;
    __u32 pushed;
    /* How much code was looked at so in this walk. */
    __u32 instructions;
    /* The headers of a block of code, its blob and its method; before, a piece of the code heap's map. */
    __u8 block[BLOCK_BYTES] __attribute__((aligned(8)));
    /* The chunk of frozen frames that the walk is in, and where they end; 0 outside. */
    __u64 chunk;
    __u64 chunk_end;
    /* The entry of the continuation that they belong to. */
    __u64 entry;
    /* Words read together: from the stack or of a structure. */
    __u64 pair[2];
    /* What of the stack was read last, and from where; none where it has no bytes. */
    __u64 window_start;
    __u64 window_bytes;
    __u64 window[STACK_WINDOW_BYTES / sizeof(__u64)];
    /* The code that was passed, for whoever names the addresses. */
    struct sonde_area areas[SONDE_MAX_AREAS];
    __u32 area_count;
    /* Without room: it stands here so that the object's BTF has what user space is tested against. */
    struct sonde_jvm descriptions[0];
};

/* Keeps the compiler from knowing a number, of which it would make branches. */
#define opaque(number) asm volatile("" : "+r"(number))

#define DWARF_RBX 3
#define DWARF_RSI 4
#define DWARF_RDI 5
#define DWARF_RBP 6
#define DWARF_RSP 7

static __always_inline bool in_user_space(__u64 address) {
    return address >= USER_ADDRESS_BEGIN && address < USER_ADDRESS_END;
}

static __always_inline bool in_code_cache(const struct unwind_state *state, __u64 address) {
    return address >= state->jvm.code_low && address < state->jvm.code_end;
}

#endif
