/*
 * Frames chained by rbp, for code that no table covers. At the frame pointer lie the caller's frame pointer and, above
 * it, the return address (System V ABI for x86-64, figure 3.3); the outermost frame's saved frame pointer is zero
 * (section 3.4.1).
 *
 * Code built without frame pointers uses rbp for anything, so nothing is believed: the record must be aligned, above
 * the stack pointer and in the stack's own memory area, and the return address must follow a call. What fails ends the
 * stack with its reason. One thing cannot be seen from here: a leaf that has not yet pushed rbp, or never does, hides
 * its caller.
 */
#ifndef SONDE_UNWIND_FRAMEPOINTER_H
#define SONDE_UNWIND_FRAMEPOINTER_H

/*
 * The dynamic linker's start code has no table. It keeps less than this below the arguments that the kernel put on the
 * stack (RTLD_START in glibc's sysdeps/x86_64/dl-machine.h): whatever runs there has no caller.
 */
#define MAX_ENTRY_BYTES 64

/* Bytes of code read before a return address: the longest form of `call` that is looked for. */
#define CALL_BYTES 7

/* What rbp points to. */
struct frame_record {
    __u64 fp;
    __u64 return_address;
};

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
 * Whether this is what a signal handler returns to: mov $15, %eax (or the same with movq), syscall: rt_sigreturn(2).
 * musl's has no rule.
 */
static __always_inline bool is_signal_trampoline(__u64 pc) {
    __u64 code[2] = {};

    if (read_user(code, 9, pc))
        return false;
    return (code[0] & 0xffffffffffffff) == 0x050f0000000fb8 || (code[0] == 0x0f0000000fc0c748 && code[1] == 0x05);
}

/* From rsp at the trampoline: uc_mcontext.rip (struct ucontext, arch/x86/include/uapi/asm/ucontext.h). */
#define SIGNAL_IP_OFFSET 168

/*
 * Whether a frame may return to the address. A root is entered by a jump, not by a call, where a runtime makes its
 * own stacks; Go puts a nop before that address for unwinders (runtime.goexit).
 */
static __always_inline int check_return_address(__u64 address, bool root) {
    __u8 code[CALL_BYTES];

    if (!in_user_space(address))
        return SONDE_OUTCOME_NO_CALL;
    if (read_user(code, sizeof(code), address - CALL_BYTES))
        return SONDE_OUTCOME_UNREADABLE;
    if (ends_with_call(code) || (root && code[CALL_BYTES - 1] == 0x90) || is_signal_trampoline(address))
        return SONDE_OUTCOME_CONTINUES;
    return SONDE_OUTCOME_NO_CALL;
}

/* Whether `fp` can be the frame pointer of the frame: in the same stack, above its stack pointer. */
static __always_inline bool is_frame_pointer(struct unwind_state *state, __u64 fp) {
    if ((fp & 7) || fp < state->frame.sp)
        return false;
    if (state->frame.sp < state->stack_start || state->frame.sp >= state->stack_end) {
        if (!find_area(state->frame.sp, state))
            return false;
        state->stack_start = state->found.start;
        state->stack_end = state->found.end;
    }
    return fp + sizeof(struct frame_record) <= state->stack_end;
}

/* Steps from a signal trampoline to what was interrupted. */
static __always_inline int step_by_signal(struct unwind_state *state) {
    if (!read_signal_registers(state, state->frame.sp + SIGNAL_IP_OFFSET, &state->frame))
        return SONDE_OUTCOME_UNREADABLE;
    state->exact = true;
    state->all_registers = true;
    state->chained = false;
    return SONDE_OUTCOME_CONTINUES;
}

/* Steps to the caller; SONDE_OUTCOME_CONTINUES, or how the walk ends. */
static __always_inline int step_by_frame_pointer(struct unwind_state *state) {
    struct frame_record record;
    int check;
    __u64 fp = state->frame.fp;

    if (is_signal_trampoline(state->frame.pc))
        return step_by_signal(state);
    if (fp == 0 && state->chained)
        return SONDE_OUTCOME_COMPLETE;
    if (state->stack_top - state->frame.sp <= MAX_ENTRY_BYTES)
        return SONDE_OUTCOME_COMPLETE;
    if (!is_frame_pointer(state, fp))
        return state->chained ? SONDE_OUTCOME_BROKEN_CHAIN : SONDE_OUTCOME_NO_FRAME_POINTER;
    if (read_stack(state, (__u64 *)&record, 2, fp))
        return SONDE_OUTCOME_UNREADABLE;
    check = check_return_address(record.return_address, record.fp == 0);
    if (check != SONDE_OUTCOME_CONTINUES)
        return check;
    state->frame.pc = record.return_address;
    state->frame.sp = fp + sizeof(record);
    state->frame.fp = record.fp;
    state->exact = false;
    state->all_registers = false;
    state->rbx_known = false;
    state->chained = true;
    state->guessed++;
    return SONDE_OUTCOME_CONTINUES;
}

#endif
