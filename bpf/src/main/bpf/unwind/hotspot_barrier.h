/*
 * Code that calls from a larger frame than its method's. The slow path of a barrier of ZGC, or of another collector's,
 * stands behind the method's main code: sub $n, %rsp; registers saved; call of libjvm; registers restored; add $n,
 * %rsp; jump back (SaveLiveRegisters in gc/shared/gc_x86/barrierSetAssembler_x86.cpp, up to JDK 21 ZSaveLiveRegisters
 * in gc/z/zBarrierSetAssembler_x86.cpp; with pushes and pops C1's, generate_c1_load_barrier_stub). Where
 * the stack pointer is brought back to before the jump, the frame is the method's again: so much, and no more, lies on
 * top of it.
 */
#ifndef SONDE_UNWIND_HOTSPOT_BARRIER_H
#define SONDE_UNWIND_HOTSPOT_BARRIER_H

/* 15 general registers, 32 vector ones and 7 masks are restored, and before a call saved; some moves around it. */
#define MAX_BARRIER_INSTRUCTIONS 120

/* Of one walk: each frame may call from a barrier, but hardly any does. */
#define MAX_WALK_INSTRUCTIONS (8 * MAX_BARRIER_INSTRUCTIONS)

/* All restores together write at most 15 * 8 + 32 * 64 + 7 * 8 bytes. */
#define MAX_BARRIER_BYTES 2304

/* The bytes of an instruction that are looked at: prefixes, opcode, ModRM, SIB and a displacement. */
#define INSTRUCTION_BYTES 16

/* How an instruction goes on behind its opcode (Intel SDM 2A, 2.1). */
enum instruction_form {
    /* It is none of those that are expected. */
    FORM_OTHER = 0,
    /* As long as `length` says. */
    FORM_PLAIN,
    /* With ModRM, and what that demands. */
    FORM_MODRM,
    /* A jump: the end. */
    FORM_JUMP,
};

/* One instruction. */
struct barrier_instruction {
    /* enum instruction_form */
    __u32 form;
    /* With FORM_MODRM without ModRM and what follows it. */
    __u32 length;
    /* What it adds to the stack pointer, modulo 2^32. */
    __u32 added;
};

/* SIB and displacement behind a ModRM byte: their bytes. */
static __always_inline __u32 operand_bytes(__u8 modrm, __u8 sib) {
    __u32 mod = modrm >> 6, bytes = (modrm & 7) == 4 ? 1 : 0;

    if (mod == 3)
        return 0;
    if (mod == 1)
        return bytes + 1;
    if (mod == 2 || (modrm & 7) == 5 || (bytes && (sib & 7) == 5))
        return bytes + 4;
    return bytes;
}

/* Vector moves, loads and stores, and moves of masks (maps 0F): movups, movaps, movd, movq, movdqa, movdqu, kmov. */
static __always_inline bool is_vector_move(__u8 opcode) {
    return (opcode & 0xfe) == 0x10 || (opcode & 0xfe) == 0x28 || (opcode & 0xef) == 0x6e || (opcode & 0xef) == 0x6f ||
           (opcode & 0xfc) == 0x90 || opcode == 0xd6;
}

/* Of an instruction with a prefix of vectors (VEX, EVEX): c5, c4 or 62. */
static __always_inline struct barrier_instruction vector_instruction(const __u8 *at) {
    __u32 prefix = at[0] == 0xc5 ? 2 : at[0] == 0xc4 ? 3 : 4;
    __u8 opcode = at[0] == 0xc5 ? at[2] : at[0] == 0xc4 ? at[3] : at[4];

    /* vzeroupper */
    if (prefix == 2 && opcode == 0x77)
        return (struct barrier_instruction){.form = FORM_PLAIN, .length = 3};
    /* The map is 0F; c5 means no other. */
    if ((prefix == 3 && (at[1] & 0x1f) != 1) || (prefix == 4 && (at[1] & 7) != 1))
        return (struct barrier_instruction){};
    return (struct barrier_instruction){.form = is_vector_move(opcode) ? FORM_MODRM : FORM_OTHER, .length = prefix + 1};
}

/* Of an instruction with an opcode of one byte, behind a REX or, where `prefix` and `rex` are 0, none. */
static __always_inline struct barrier_instruction plain_instruction(const __u8 *at, __u32 prefix, __u8 rex) {
    struct barrier_instruction found = {.form = FORM_OTHER, .length = prefix + 1};
    __u8 opcode = at[0], modrm = at[1];
    /* Whether 4 and 5 in the opcode or in ModRM.rm are rsp and rbp; the same of ModRM.reg. Those are the frame's own.
     */
    bool low = !(rex & 1), low_reg = !(rex & 4);

    switch (opcode) {
    case 0x50 ... 0x57:
        found.form = FORM_PLAIN;
        found.added = -8u;
        break;
    case 0x58 ... 0x5f:
        if (!low || (opcode != 0x5c && opcode != 0x5d))
            found.form = FORM_PLAIN;
        found.added = 8;
        break;
    case 0x83:
    case 0x81:
        /* add, sub with rsp */
        if (rex == 0x48 && (modrm == 0xc4 || modrm == 0xec))
            found.form = FORM_PLAIN;
        found.length += opcode == 0x83 ? 2 : 5;
        found.added = opcode == 0x83 ? (__u32)(__s8)at[2] : (__u32)int_at(at + 2);
        if (modrm == 0xec)
            found.added = -found.added;
        break;
    case 0x8b:
    case 0x8d:
        if (!low_reg || (modrm >> 3 & 7) != 4)
            found.form = FORM_MODRM;
        break;
    case 0x89:
        if (!low || modrm < 0xc0 || (modrm & 7) != 4)
            found.form = FORM_MODRM;
        break;
    case 0xb8 ... 0xbf:
        if (!low || opcode != 0xbc)
            found.form = FORM_PLAIN;
        found.length += rex & 8 ? 8 : 4;
        break;
    case 0xe8:
        found.form = FORM_PLAIN;
        found.length += 4;
        break;
    case 0xff:
        /* call of a register */
        if ((modrm & 0xf8) == 0xd0)
            found.form = FORM_MODRM;
        break;
    case 0xe9:
    case 0xeb:
        found.form = FORM_JUMP;
        break;
    default:
        break;
    }
    return found;
}

/* Of an instruction with the opcode map 0F, whose opcode stands at at[1]. */
static __always_inline struct barrier_instruction mapped_instruction(const __u8 *at, __u32 prefix) {
    return (struct barrier_instruction){.form = is_vector_move(at[1]) ? FORM_MODRM : FORM_OTHER, .length = prefix + 2};
}

static __always_inline bool is_rex(__u8 code) {
    return (code & 0xf0) == 0x40;
}

static __always_inline struct barrier_instruction barrier_instruction(const __u8 *at) {
    bool mandatory = at[0] == 0x66 || at[0] == 0xf2 || at[0] == 0xf3;

    if (at[0] == 0xc5 || at[0] == 0xc4 || at[0] == 0x62)
        return vector_instruction(at);
    if (mandatory && is_rex(at[1]))
        return at[2] == 0x0f ? mapped_instruction(at + 2, 2) : (struct barrier_instruction){};
    if (mandatory)
        return at[1] == 0x0f ? mapped_instruction(at + 1, 1) : (struct barrier_instruction){};
    if (is_rex(at[0]))
        return at[1] == 0x0f ? mapped_instruction(at + 1, 1) : plain_instruction(at + 1, 1, at[0]);
    return at[0] == 0x0f ? mapped_instruction(at, 0) : plain_instruction(at, 0, 0);
}

/*
 * Where the next instruction's bytes begin in state->bytes, where they are read to if they are not there: many at once,
 * for a read takes as long for all. CODE_BYTES where they cannot be read.
 */
static __always_inline __u32 next_instruction(struct unwind_state *state) {
    __u64 at = state->code_at - state->bytes_at;

    opaque(at);
    if (at + INSTRUCTION_BYTES <= state->bytes_read && at <= CODE_BYTES - INSTRUCTION_BYTES)
        return at;
    state->bytes_at = state->code_at;
    state->bytes_read = CODE_BYTES;
    if (!read_jvm(state->bytes, CODE_BYTES, state->code_at))
        return 0;
    state->bytes_read = INSTRUCTION_BYTES;
    return read_jvm(state->bytes, INSTRUCTION_BYTES, state->code_at) ? CODE_BYTES : 0;
}

/* Looks at the next instruction; returns whether it was the last, with state->pushed 0 where the code is another. */
static long pass_instruction(__u32 turn, void *context) {
    struct unwind_state *state = unwind_state_here();
    struct barrier_instruction found;
    __u32 at, operand;

    if (!state)
        return 1;
    at = state->instructions++ >= MAX_WALK_INSTRUCTIONS ? CODE_BYTES : next_instruction(state);
    if (at > CODE_BYTES - INSTRUCTION_BYTES) {
        state->pushed = 0;
        return 1;
    }
    found = barrier_instruction(state->bytes + at);
    if (found.form == FORM_JUMP)
        return 1;
    state->pushed += found.added;
    if (found.form == FORM_OTHER || turn == MAX_BARRIER_INSTRUCTIONS - 1) {
        state->pushed = 0;
        return 1;
    }
    operand = at + (found.length & (INSTRUCTION_BYTES - 1));
    if (found.form == FORM_MODRM)
        found.length +=
            1 + operand_bytes(state->bytes[operand & (CODE_BYTES - 1)], state->bytes[(operand + 1) & (CODE_BYTES - 1)]);
    state->code_at += found.length;
    return 0;
}

/*
 * Bytes above the method's frame at an instruction of its code, when from there on to the next jump registers are only
 * moved, and more is popped than pushed; else 0. Uses state->bytes. Not inlined: see find_code().
 */
__noinline int pushed_in_barrier(__u64 pc) {
    struct unwind_state *state = unwind_state_here();

    if (!state)
        return 0;
    state->code_at = pc;
    state->bytes_read = 0;
    state->pushed = 0;
    repeat(MAX_BARRIER_INSTRUCTIONS, pass_instruction);
    return state->pushed <= MAX_BARRIER_BYTES && !(state->pushed & 7) ? state->pushed : 0;
}

#endif
