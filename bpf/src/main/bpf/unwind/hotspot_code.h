/*
 * What the bytes of a method's code say of its frame at a place in it, as HotSpot's compilers write it for x86-64
 * (MachPrologNode, MachEpilogNode in x86_64.ad; C1_MacroAssembler::build_frame, remove_frame;
 * sharedRuntime_x86_64.cpp). A frame of `size` words has, from its stack pointer on, size - 2 words of its own, the
 * caller's rbp and the return address.
 */
#ifndef SONDE_UNWIND_HOTSPOT_CODE_H
#define SONDE_UNWIND_HOTSPOT_CODE_H

enum method_frame {
    /* All of it is there. */
    FRAME_WHOLE,
    /* None, or none any more: the return address is at the stack pointer. */
    FRAME_NONE,
    /* The same, unless what is there is no return address: then all of it is. */
    FRAME_PERHAPS_NONE,
    /* The caller's rbp is at the stack pointer, the return address above it. */
    FRAME_PUSHED,
    /* All of it is there, but rbp is still the caller's. */
    FRAME_RBP_UNSAVED,
    /* All of it, and one word more; up to four. */
    FRAME_AND_WORD,
    FRAME_AND_FOUR_WORDS = FRAME_AND_WORD + 3,
};

static __always_inline __s32 int_at(const __u8 *bytes) {
#ifdef __bpf__
    return *(const __s32 *)bytes;
#else
    __s32 value;

    memcpy(&value, bytes, sizeof(value));
    return value;
#endif
}

static __always_inline bool three(const __u8 *at, __u8 first, __u8 second, __u8 third) {
    return at[0] == first && at[1] == second && at[2] == third;
}

/* Whether the bytes before `at` are add $bytes, %rsp. */
static __always_inline bool added(const __u8 *at, __s32 bytes) {
    return (three(at - 4, 0x48, 0x83, 0xc4) && (__s8)at[-1] == bytes) ||
           (three(at - 7, 0x48, 0x81, 0xc4) && int_at(at - 4) == bytes);
}

/* Whether they give up the frame: the same, then pop %rbp. */
static __always_inline bool gave_up(const __u8 *at, __s32 bytes) {
    return at[-1] == 0x5d && added(at - 1, bytes);
}

/*
 * Whether this is the jump after the poll of a return: cmp poll(%r15), %rsp; ja. Before 17 it is the access after its
 * address's load: mov poll(%r15), %r10; test %eax, (%r10).
 */
static __always_inline bool is_behind_poll(const __u8 *at, __s32 bytes) {
    bool jumps = at[0] == 0x0f && at[1] == 0x87;
    bool tests = three(at, 0x41, 0x85, 0x02);

    return (jumps && three(at - 7, 0x49, 0x3b, 0xa7) && gave_up(at - 7, bytes)) ||
           (jumps && three(at - 4, 0x49, 0x3b, 0x67) && gave_up(at - 4, bytes)) ||
           (tests && three(at - 7, 0x4d, 0x8b, 0x97) && gave_up(at - 7, bytes));
}

/* cmp poll(%r15), %rsp; ja of a return, the comparison of 4 or 7 bytes. */
static __always_inline bool polls_return(const __u8 *at, int bytes) {
    return three(at, 0x49, 0x3b, bytes == 4 ? 0x67 : 0xa7) && at[bytes] == 0x0f && at[bytes + 1] == 0x87;
}

/*
 * Whether the frame is gone in the check for a reserved zone, that methods with @ReservedStackAccess have between the
 * end of their frame and the poll of their return: cmp limit(%r15), %rsp; jb; [...] hlt; then the poll, to which that
 * jump leads (MacroAssembler::reserved_stack_check).
 */
static __always_inline bool is_behind_reserved_zone(const __u8 *at, __s32 bytes) {
    if (at[0] == 0x0f && at[1] == 0x82)
        return three(at - 7, 0x49, 0x3b, 0xa7) && gave_up(at - 7, bytes);
    if (at[0] == 0x49)
        return at[-1] == 0xf4 && (polls_return(at, 4) || polls_return(at, 7));
    return (at[-5] == 0xf4 && polls_return(at - 4, 4)) || (at[-8] == 0xf4 && polls_return(at - 7, 7));
}

/*
 * Whether this is in the stub that a poll of a return jumps to: mov $pc, %r10 or lea pc(%rip), %r10; mov %r10, d(%r15);
 * jmp (C2SafepointPollStub, C1SafepointPollStub).
 */
static __always_inline bool is_poll_stub(const __u8 *at) {
    if (at[0] == 0x49 && at[1] == 0xba)
        return three(at + 10, 0x4d, 0x89, 0x97) && at[17] == 0xe9;
    if (three(at, 0x4c, 0x8d, 0x15))
        return three(at + 7, 0x4d, 0x89, 0x97) && at[14] == 0xe9;
    if (three(at, 0x4d, 0x89, 0x97))
        return at[7] == 0xe9 && ((at[-10] == 0x49 && at[-9] == 0xba) || three(at - 7, 0x4c, 0x8d, 0x15));
    return at[0] == 0xe9 && three(at - 7, 0x4d, 0x89, 0x97) &&
           ((at[-17] == 0x49 && at[-16] == 0xba) || three(at - 14, 0x4c, 0x8d, 0x15));
}

/* Whether this is in a stub that a static call of a method not compiled goes to: mov $method, %rbx; jmp. */
static __always_inline bool is_static_call_stub(const __u8 *at) {
    return (at[0] == 0x48 && at[1] == 0xbb && at[10] == 0xe9) || (at[0] == 0xe9 && at[-10] == 0x48 && at[-9] == 0xbb);
}

/* Whether this is cmpq $0, d(%r15) of `bytes` bytes, in one of the forms it has: of 8 or 32 bits each. */
static __always_inline bool compares(const __u8 *at, int bytes) {
    if (at[0] != 0x49)
        return false;
    switch (bytes) {
    case 5:
        return at[1] == 0x83 && at[2] == 0x7f;
    case 8:
        return (at[1] == 0x83 && at[2] == 0xbf) || (at[1] == 0x81 && at[2] == 0x7f);
    default:
        return at[1] == 0x81 && at[2] == 0xbf;
    }
}

/* Whether this is testb $1, poll(%r15) of 5 or 8 bytes, and a short jump. */
static __always_inline bool tests_poll(const __u8 *at, int bytes) {
    return at[0] == 0x41 && at[1] == 0xf6 && at[2] == (bytes == 5 ? 0x47 : 0x87) && at[bytes - 1] == 1 &&
           at[bytes] == 0x74;
}

/* Whether a wrapper's frame is gone before a comparison: it follows leave, or the jump to a safepoint's stub. */
static __always_inline bool is_behind_frame(const __u8 *at) {
    return at[-1] == 0xc9 || (at[-5] == 0xe9 && three(at - 12, 0x4d, 0x89, 0x97));
}

/*
 * Whether a native method's wrapper has left its frame: leave; from 20 on a poll, testb $1, poll(%r15); je; mov $pc,
 * %r10; mov %r10, d(%r15); jmp; then cmpq $0, pending_exception(%r15); jne; ret. The middle is as a poll's stub.
 */
static __always_inline bool is_behind_leave(const __u8 *at) {
    if (at[-1] == 0xc9 && (tests_poll(at, 5) || tests_poll(at, 8)))
        return true;
    if (at[0] == 0x74)
        return (at[-6] == 0xc9 && tests_poll(at - 5, 5)) || (at[-9] == 0xc9 && tests_poll(at - 8, 8));
    if (at[0] == 0x49)
        return is_behind_frame(at) && ((compares(at, 5) && at[5] == 0x0f && at[6] == 0x85) ||
                                       (compares(at, 8) && at[8] == 0x0f && at[9] == 0x85) ||
                                       (compares(at, 11) && at[11] == 0x0f && at[12] == 0x85));
    if (at[0] != 0x0f || at[1] != 0x85)
        return false;
    return (compares(at - 5, 5) && is_behind_frame(at - 5)) || (compares(at - 8, 8) && is_behind_frame(at - 8)) ||
           (compares(at - 11, 11) && is_behind_frame(at - 11));
}

/*
 * Whether a deoptimisation handler has pushed its own address: call next; subq $5, (%rsp); jmp, as C2 has it, or as C1:
 * mov $pc, %r10 or lea pc(%rip), %r10; push %r10; jmp.
 */
static __always_inline bool is_in_deopt_handler(const __u8 *at) {
    bool jumps = at[0] == 0xe9;

    return (three(at, 0x48, 0x83, 0x2c) && at[3] == 0x24) || (jumps && three(at - 5, 0x48, 0x83, 0x2c)) ||
           (jumps && three(at - 4, 0xff, 0x41, 0x52) && three(at - 9, 0x4c, 0x8d, 0x15)) ||
           (jumps && at[-2] == 0x41 && at[-1] == 0x52 && at[-12] == 0x49 && at[-11] == 0xba);
}

/* push %reg of one of the first eight registers, or what follows the prefix of the others. */
static __always_inline bool is_push(__u8 code) {
    return (code & 0xf8) == 0x50;
}

/* The bytes of the push that ends here; 0 where none does. */
static __always_inline int push_before(const __u8 *at) {
    if (!is_push(at[-1]))
        return 0;
    return at[-2] == 0x41 ? 2 : 1;
}

/* Of r8, r9, r11, r12 (without compressed oops), r13, r14, behind their prefix. */
static __always_inline bool is_wide_pop(__u8 code) {
    return (code & 0xf8) == 0x58 && code != 0x5a && code != 0x5f;
}

/* The bytes of the pop here, of a register that C1 allocates (c1_FrameMap_x86.cpp); 0 where there is none. */
static __always_inline int pop_at(const __u8 *at) {
    if (at[0] == 0x41)
        return is_wide_pop(at[1]) ? 2 : 0;
    return (at[0] & 0xf8) == 0x58 && at[0] != 0x5c && at[0] != 0x5d;
}

/* Whether two pops are here: of the arguments of a call of C1's to a stub of its own. */
static __always_inline bool pops_arguments(const __u8 *at) {
    int first = pop_at(at);

    return first && pop_at(at + first);
}

/*
 * Whether the pops of the two words below follow, when the call has said no: cmp $0 or test; jne; pop; pop. So an
 * arraycopy's type check keeps its arguments (LIR_Assembler::emit_arraycopy).
 */
static __always_inline bool pops_kept_arguments(const __u8 *at) {
    const __u8 *code = at + (at[0] == 0x41 || at[0] == 0x45);
    int bytes = 0;

    if (code[0] == 0x83 && (code[1] & 0xf8) == 0xf8 && !code[2])
        bytes = 3;
    else if (code[0] == 0x85 && (code[1] & 0xc0) == 0xc0)
        bytes = 2;
    return bytes && code[bytes] == 0x0f && code[bytes + 1] == 0x85 && pops_arguments(code + bytes + 6);
}

/* What argument_words() looks at, at most. */
#define ARGUMENTS_BYTES 18

/* How many words are on the frame at the pops behind such a call; 0 where there are none. */
static __always_inline int argument_words(const __u8 *at) {
    int first = pop_at(at);
    int second = first ? pop_at(at + first) : 0;

    if (!second)
        return 0;
    return pops_kept_arguments(at + first + second) ? 4 : 2;
}

/* The same, from the call on: push; push; call; pop; pop (LIR_Assembler::emit_typecheck_helper). */
static __always_inline int call_arguments(const __u8 *at) {
    int second = push_before(at);

    return at[0] == 0xe8 && second && push_before(at - second) ? argument_words(at + 5) : 0;
}

/* How many words are pushed around such a call. */
static __always_inline int pushed_arguments(const __u8 *at) {
    int words;

    /* At the call, at the first pop. */
    words = call_arguments(at);
    if (words)
        return words;
    words = call_arguments(at - 5);
    if (words)
        return words;
    /* At the second push, at the second pop. */
    if (is_push(at[0]))
        words = call_arguments(at + 1);
    else if (at[0] == 0x41 && is_push(at[1]))
        words = call_arguments(at + 2);
    if (!words && pop_at(at - 1) == 1)
        words = call_arguments(at - 6);
    if (!words && pop_at(at - 2) == 2)
        words = call_arguments(at - 7);
    return words ? words - 1 : 0;
}

/* The bytes of a frame without some of them. A blob may say any size, so this may wrap. */
static __always_inline __s32 bytes_without(__s32 frame_size, __u32 without) {
    return 8 * (__u32)frame_size - without;
}

/* Of a place at or behind the end of the prologue; `at` has CODE_BEFORE bytes before it. */
static __always_inline enum method_frame body_frame(const __u8 *at, __s32 frame_size) {
    __s32 bytes = bytes_without(frame_size, 16);
    int words;

    /* ret */
    if (at[0] == 0xc3 || at[0] == 0xc2 || gave_up(at, bytes) || is_behind_poll(at, bytes) || is_behind_leave(at) ||
        is_behind_reserved_zone(at, bytes))
        return FRAME_NONE;
    if (at[0] == 0x5d && added(at, bytes))
        return FRAME_PUSHED;
    if (is_poll_stub(at) || is_static_call_stub(at))
        return FRAME_PERHAPS_NONE;
    words = pushed_arguments(at);
    if (words)
        return FRAME_AND_WORD + words - 1;
    return is_in_deopt_handler(at) ? FRAME_AND_WORD : FRAME_WHOLE;
}

/* How much of the prologue is looked at, before its end: from its sub on, a method's entry barrier takes 22 bytes. */
#define PROLOGUE_BYTES 56

/* 1 where the numbers are the same, else 0, without a branch: each would double the verifier's paths. */
static __always_inline __u64 same(__u32 a, __u32 b) {
    __u64 difference = a ^ b;

    opaque(difference);
    return (difference - 1) >> 63;
}

/* The last sub $bytes, %rsp among PROLOGUE_BYTES; 0 where there is none. */
static __always_inline __u32 last_sub(const __u8 *bytes, __s32 taken) {
    __u64 found = 0;

    for (__u32 i = 4; i < PROLOGUE_BYTES - 3; i++) {
        __u32 code = (__u32)int_at(bytes + i) & 0xffffff;
        __u64 here = (same(code, 0xec8348) & same((__s8)bytes[i + 3], taken)) |
                     (same(code, 0xec8148) & same(int_at(bytes + i + 3), taken));

        opaque(here);
        found += (i - found) * here;
    }
    return found;
}

/*
 * Of a place `left` bytes before the end of the prologue, whose last PROLOGUE_BYTES these are. It is push %rbp; [mov
 * %rsp, %rbp;] sub $n, %rsp, or sub $n, %rsp; mov %rbp, n - 8(%rsp); before it the stack is banged, behind it a
 * method's entry barrier may stand. FRAME_PERHAPS_NONE where there is no such.
 */
static __always_inline enum method_frame prologue_frame(const __u8 *bytes, __u32 left, __s32 frame_size) {
    __u32 at = PROLOGUE_BYTES - left;
    __u32 sub = last_sub(bytes, bytes_without(frame_size, 16)) & (CODE_BYTES - 1);
    bool pushed = bytes[(sub - 1) & (CODE_BYTES - 1)] == 0x55;

    if (sub) {
        if (!pushed && bytes[(sub - 4) & (CODE_BYTES - 1)] != 0x55)
            return FRAME_PERHAPS_NONE;
        if (at <= sub - (pushed ? 1 : 4))
            return FRAME_NONE;
        return at <= sub ? FRAME_PUSHED : FRAME_WHOLE;
    }
    sub = last_sub(bytes, bytes_without(frame_size, 8)) & (CODE_BYTES - 1);
    if (!sub)
        return FRAME_PERHAPS_NONE;
    if (at <= sub)
        return FRAME_NONE;
    return at <= sub + (bytes[(sub + 1) & (CODE_BYTES - 1)] == 0x83 ? 4 : 7) ? FRAME_RBP_UNSAVED : FRAME_WHOLE;
}

#endif
