/* A frame's caller by the rule of the file's own unwind table. */
#ifndef SONDE_UNWIND_CFI_H
#define SONDE_UNWIND_CFI_H

/* The value of a register by its DWARF number; false when it is not known in this frame. */
static __always_inline bool register_value(const struct unwind_state *state, __u32 number, __u64 *value) {
    if (number == DWARF_RSP)
        *value = state->frame.sp;
    else if (number == DWARF_RBP)
        *value = state->frame.fp;
    else if (state->all_registers || (number == DWARF_RBX && state->rbx_known))
        *value = state->registers[number & 15];
    else
        return false;
    return true;
}

/* runtime.asmcgocall's own words on the stack that it goes on on (runtime/asm_amd64.s). */
struct go_c_call {
    /* How far below the goroutine's stack's end it left it; or where it left it, if there is no goroutine. */
    __u64 depth;
    __u64 goroutine;
};

/* struct g begins with its stack's bounds (runtime/runtime2.go). */
struct go_stack {
    __u64 low;
    __u64 high;
};

/*
 * Whether rbp, where this function leaves its frame while it goes on on another stack, is still what it was. A
 * goroutine's stack may be moved while C code that it has called calls back.
 */
static __always_inline bool crosses_stacks(const struct unwind_state *state, const struct unwind_rule *rule,
                                           __u64 base) {
    struct go_c_call call;
    struct go_stack stack;

    if ((rule->cfa_registers & 15) != DWARF_RBP)
        return false;
    if (rule->cfa_addend != UNWIND_SWITCH_ASMCGOCALL || state->exact || state->frame.sp == base)
        return true;
    if (read_user(&call, sizeof(call), state->frame.sp))
        return false;
    if (!call.goroutine)
        return call.depth == base;
    return !read_user(&stack, sizeof(stack), call.goroutine) && stack.high - call.depth == base;
}

static __always_inline int find_cfa(struct unwind_state *state, const struct unwind_rule *rule, __u64 *cfa) {
    __u64 base, index;

    if (!register_value(state, rule->cfa_registers & 15, &base))
        return SONDE_OUTCOME_REGISTER_LOST;
    *cfa = base + rule->cfa_offset;
    switch (rule->cfa) {
    case UNWIND_CFA_REGISTER:
        return SONDE_OUTCOME_CONTINUES;
    case UNWIND_CFA_PLT:
        *cfa += (state->frame.pc & 15) >= (__u32)rule->cfa_addend ? sizeof(__u64) : 0;
        return SONDE_OUTCOME_CONTINUES;
    case UNWIND_CFA_INDEXED:
        if (!register_value(state, rule->cfa_registers >> 4, &index))
            return SONDE_OUTCOME_REGISTER_LOST;
        *cfa += sizeof(__u64) * index;
        break;
    case UNWIND_CFA_DEREFERENCED:
    case UNWIND_CFA_INTERPRETER:
        break;
    case UNWIND_CFA_STACK_SWITCH:
        if (crosses_stacks(state, rule, base))
            return SONDE_OUTCOME_CONTINUES;
        return rule->cfa_addend == UNWIND_SWITCH_MCALL || rule->cfa_addend == UNWIND_SWITCH_MORESTACK
                   ? SONDE_OUTCOME_STACK_SWITCH
                   : SONDE_OUTCOME_RULE_UNSUPPORTED;
    default:
        return SONDE_OUTCOME_RULE_UNSUPPORTED;
    }
    if (read_stack(state, &base, 1, *cfa))
        return SONDE_OUTCOME_UNREADABLE;
    *cfa = base + rule->cfa_addend;
    return SONDE_OUTCOME_CONTINUES;
}

/* The caller's value of a register whose value here is *value. */
static __always_inline int find_saved(struct unwind_state *state, const struct unwind_rule *rule, __u32 how,
                                      __s32 offset, __u64 cfa, __u64 *value) {
    __u64 base = cfa;

    switch (how) {
    case UNWIND_SAVED_SAME:
        return SONDE_OUTCOME_CONTINUES;
    case UNWIND_SAVED_UNDEFINED:
        *value = 0;
        return SONDE_OUTCOME_CONTINUES;
    case UNWIND_SAVED_CFA_VALUE:
        *value = cfa + offset;
        return SONDE_OUTCOME_CONTINUES;
    case UNWIND_SAVED_REGISTER:
        return register_value(state, offset, value) ? SONDE_OUTCOME_CONTINUES : SONDE_OUTCOME_REGISTER_LOST;
    case UNWIND_SAVED_AT_CFA:
        break;
    case UNWIND_SAVED_AT_RBP:
        base = state->frame.fp;
        break;
    case UNWIND_SAVED_AT_BASE:
        if (!register_value(state, rule->cfa_registers & 15, &base))
            return SONDE_OUTCOME_REGISTER_LOST;
        break;
    case UNWIND_SAVED_AT_RSP:
        base = state->frame.sp;
        break;
    case UNWIND_SAVED_AT_R15:
        if (!register_value(state, 15, &base))
            return SONDE_OUTCOME_REGISTER_LOST;
        break;
    default:
        return SONDE_OUTCOME_RULE_UNSUPPORTED;
    }
    return read_stack(state, value, 1, base + offset) ? SONDE_OUTCOME_UNREADABLE : SONDE_OUTCOME_CONTINUES;
}

/* The caller's rbx, which the lazy binder's frame hangs on. */
static __always_inline void follow_rbx(struct unwind_state *state, const struct unwind_rule *rule, __u64 cfa) {
    bool known = state->all_registers || state->rbx_known;

    state->rbx_known = false;
    if (rule->cfa != UNWIND_CFA_REGISTER)
        return;
    if (rule->cfa_addend == UNWIND_RBX_SAME)
        state->rbx_known = known;
    else if (rule->cfa_addend < 0)
        state->rbx_known = !read_stack(state, &state->registers[DWARF_RBX], 1, cfa + rule->cfa_addend);
}

/*
 * All registers as the signal found them; the return address is the last of them, at `ip_at`. Those of the frame go to
 * *frame, where that is not NULL.
 */
static __always_inline bool read_signal_registers(struct unwind_state *state, __u64 ip_at, struct user_frame *frame) {
    struct signal_registers *saved = &state->saved;

    if (read_user(saved, sizeof(*saved), ip_at - __builtin_offsetof(struct signal_registers, ip)))
        return false;
    if (frame)
        *frame = (struct user_frame){.pc = saved->ip, .sp = saved->sp, .fp = saved->bp};
    state->registers[0] = saved->ax;
    state->registers[1] = saved->dx;
    state->registers[2] = saved->cx;
    state->registers[3] = saved->bx;
    state->registers[4] = saved->si;
    state->registers[5] = saved->di;
#pragma unroll
    for (int i = 0; i < 8; i++)
        state->registers[8 + i] = saved->r8_to_r15[i];
    return true;
}

/*
 * Whether a caller's frame can be there: above, else two frames could name each other for ever. But a signal's may be
 * handled on another stack, and a leaf that is about to jump has left its own: HotSpot's may have its return address
 * below the stack pointer then, where it was popped from.
 */
static __always_inline bool is_outer(const struct unwind_state *state, __u32 how, __u64 cfa) {
    if (cfa == state->frame.sp)
        return state->exact && (how == UNWIND_SAVED_REGISTER || in_code_cache(state, state->frame.pc));
    return cfa > state->frame.sp && !(cfa & 7);
}

/*
 * HotSpot's interpreter keeps in r13, or in rbx at its exit, where the stack was before a call; what was pushed for it
 * may have been popped since. The interpreter's frame, which alone is called from so, does not hang on it.
 */
static __always_inline __u64 at_least_sp(const struct unwind_state *state, const struct unwind_rule *rule, __u32 how,
                                         __u64 cfa) {
    __u64 least = state->frame.sp;

    if ((rule->cfa_registers & 15) == DWARF_RSP || (rule->cfa_registers & 15) == DWARF_RBP)
        return cfa;
    if (how == UNWIND_SAVED_AT_RSP)
        least += rule->ip_offset + sizeof(__u64);
    return cfa < least ? least : cfa;
}

/* Steps to the caller; SONDE_OUTCOME_CONTINUES, or how the walk ends. */
static __always_inline int step_by_rule(struct unwind_state *state, const struct unwind_rule *rule) {
    __u64 cfa = 0, pc = 0, fp = state->frame.fp;
    __u32 how = rule->ip & ~UNWIND_SIGNAL_FRAME;
    bool signal = rule->ip & UNWIND_SIGNAL_FRAME;
    int outcome;

    if (how == UNWIND_SAVED_UNDEFINED)
        return SONDE_OUTCOME_COMPLETE;
    outcome = find_cfa(state, rule, &cfa);
    if (outcome != SONDE_OUTCOME_CONTINUES)
        return outcome;
    if (state->exact && in_code_cache(state, state->frame.pc))
        cfa = at_least_sp(state, rule, how, cfa);
    if (!signal && rule->cfa != UNWIND_CFA_STACK_SWITCH && !is_outer(state, how, cfa))
        return SONDE_OUTCOME_BROKEN_CHAIN;
    outcome = find_saved(state, rule, how, rule->ip_offset, cfa, &pc);
    if (outcome != SONDE_OUTCOME_CONTINUES)
        return outcome;
    outcome = find_saved(state, rule, rule->fp, rule->fp_offset, cfa, &fp);
    if (outcome != SONDE_OUTCOME_CONTINUES)
        return outcome;
    follow_rbx(state, rule, cfa);
    state->all_registers = signal && how == UNWIND_SAVED_AT_BASE && (rule->cfa_registers & 15) == DWARF_RSP &&
                           read_signal_registers(state, state->frame.sp + rule->ip_offset, NULL);
    state->frame.pc = pc;
    state->frame.sp = cfa;
    state->frame.fp = fp;
    state->exact = signal;
    state->chained = false;
    /* Only a rule says that there is no caller. A zero where a return address should be is a wrong frame. */
    return pc ? SONDE_OUTCOME_CONTINUES : SONDE_OUTCOME_ZERO_ADDRESS;
}

#endif
