/*
 * Frames chained by rbp. At the frame pointer lie the caller's frame pointer and, above it, the return address
 * (System V ABI for x86-64, figure 3.3); the outermost frame's saved frame pointer is zero (section 3.4.1).
 *
 * Code built without frame pointers uses rbp for anything, so nothing is believed: the chain must be aligned and go
 * upwards, and each return address must follow a call. What fails ends the stack with its reason, and so does what
 * cannot be checked: a forked child has no page of code that only its parent ran, until it returns there. One thing
 * cannot be seen from here: a leaf that has not yet pushed rbp, or never does, hides its caller.
 */
#ifndef SONDE_UNWIND_FRAMEPOINTER_H
#define SONDE_UNWIND_FRAMEPOINTER_H

/* The largest distance between two frames that is believed: the default size of a whole stack (ulimit -s). */
#define MAX_FRAME_BYTES (8 << 20)

/* User addresses lie below this with four- and with five-level page tables (Documentation/arch/x86/x86_64/mm.rst). */
#define USER_ADDRESS_END (1ULL << 56)

/* Nothing is mapped below (the default of vm.mmap_min_addr). */
#define USER_ADDRESS_BEGIN 65536

/*
 * Stack that the C library's start code takes between the kernel's arguments and main's frame: 272 bytes in glibc 2.36,
 * 448 when linked statically. That code has no frame pointers; a chain that breaks there has reached main.
 */
#define MAX_START_CODE_BYTES 512

/* Bytes of code read before a return address: the longest form of `call` that is looked for. */
#define CALL_BYTES 7

struct user_frame {
    __u64 pc;
    __u64 sp;
    __u64 fp;
};

/* Places in the memory of a process. */
struct user_space {
    /* Where the stack of the first thread begins, at its highest address; other threads have their own. */
    __u64 stack_start;
};

/* What rbp points to. */
struct frame_record {
    __u64 fp;
    __u64 return_address;
};

static __always_inline bool in_user_space(__u64 address) {
    return address >= USER_ADDRESS_BEGIN && address < USER_ADDRESS_END;
}

/*
 * The ModRM byte of `call r/m64` (opcode FF /2; Intel SDM 2A, table 2-2) when the instruction is `length` bytes long:
 * 2: register or [register]; 3: [base + index] or disp8; 4: disp8 with index; 6: disp32 or rip-relative; 7: disp32
 * with index.
 */
static __always_inline bool is_indirect_call(__u8 modrm, int length) {
    __u8 mod = modrm >> 6;
    bool sib = (modrm & 7) == 4;

    if ((modrm >> 3 & 7) != 2)
        return false;
    switch (length) {
    case 2:
        return mod == 3 || (mod == 0 && !sib && (modrm & 7) != 5);
    case 3:
        return (mod == 0 && sib) || (mod == 1 && !sib);
    case 4:
        return mod == 1 && sib;
    case 6:
        return (mod == 0 && (modrm & 7) == 5) || (mod == 2 && !sib);
    default:
        return (mod == 0 && sib) || (mod == 2 && sib);
    }
}

/* Whether the code that ends with these bytes ends with a call. */
static __always_inline bool ends_with_call(const __u8 code[CALL_BYTES]) {
    if (code[2] == 0xe8) /* call rel32 */
        return true;
    return (code[5] == 0xff && is_indirect_call(code[6], 2)) || (code[4] == 0xff && is_indirect_call(code[5], 3)) ||
           (code[3] == 0xff && is_indirect_call(code[4], 4)) || (code[1] == 0xff && is_indirect_call(code[2], 6)) ||
           (code[0] == 0xff && is_indirect_call(code[1], 7));
}

/*
 * Whether a frame may return to the address. A root is entered by a jump, not by a call, where a runtime makes its
 * own stacks; Go puts a nop before that address for unwinders (runtime.goexit). Returns SONDE_OUTCOME_COMPLETE or what
 * is wrong. Neither static nor inlined: the verifier then checks it once, not once a frame and path.
 */
__noinline int check_return_address(__u64 address, __u32 root) {
    __u8 code[CALL_BYTES];

    if (!in_user_space(address))
        return SONDE_OUTCOME_NO_CALL;
    if (bpf_probe_read_user(code, sizeof(code), (void *)(address - CALL_BYTES)))
        return SONDE_OUTCOME_UNREADABLE;
    if (ends_with_call(code) || (root && code[CALL_BYTES - 1] == 0x90))
        return SONDE_OUTCOME_COMPLETE;
    return SONDE_OUTCOME_NO_CALL;
}

/* Whether `fp` can be the frame pointer of the code that runs with a stack pointer or frame pointer of `below`. */
static __always_inline bool is_above(__u64 fp, __u64 below) {
    return (fp & 7) == 0 && fp >= below && fp - below <= MAX_FRAME_BYTES && in_user_space(fp);
}

/*
 * Whether the frame whose record lies at `fp` is main, so far as can be seen: nothing but the C library's start code
 * has room above it.
 */
static __always_inline bool is_main(const struct user_space *space, __u64 fp) {
    return space->stack_start - fp <= MAX_START_CODE_BYTES;
}

static __always_inline enum sonde_outcome
walk_frame_pointers(const struct user_space *space, const struct user_frame *leaf, __u64 *addresses, __u16 *depth) {
    struct frame_record record;
    __u64 fp = leaf->fp;
    int check;

    addresses[0] = leaf->pc;
    *depth = 1;
    if (!is_above(fp, leaf->sp))
        return SONDE_OUTCOME_NO_FRAME_POINTER;
    for (int i = 1; i < SONDE_MAX_USER_FRAMES; i++) {
        if (bpf_probe_read_user(&record, sizeof(record), (void *)fp))
            return SONDE_OUTCOME_UNREADABLE;
        check = check_return_address(record.return_address, record.fp == 0);
        /* Where the chain goes on there is a caller, however little room it takes. */
        if (check == SONDE_OUTCOME_UNREADABLE && is_main(space, fp) && !is_above(record.fp, fp + sizeof(record)))
            return SONDE_OUTCOME_COMPLETE;
        if (check != SONDE_OUTCOME_COMPLETE)
            return check;
        addresses[i] = record.return_address;
        *depth = i + 1;
        if (record.fp == 0)
            return SONDE_OUTCOME_COMPLETE;
        if (!is_above(record.fp, fp + sizeof(record)))
            return is_main(space, fp) ? SONDE_OUTCOME_COMPLETE : SONDE_OUTCOME_BROKEN_CHAIN;
        fp = record.fp;
    }
    return SONDE_OUTCOME_DEPTH_LIMIT;
}

#endif
