/*
 * Frames in a JVM's code cache. Code that stays has a table like a file's; methods are found by the code heap's own
 * map. What of this holds for which kind of code, and how it was measured, stands beside each rule.
 */
#ifndef SONDE_UNWIND_HOTSPOT_H
#define SONDE_UNWIND_HOTSPOT_H

#include "hotspot_code.h"
#include "hotspot_blob.h"
#include "hotspot_barrier.h"
#include "hotspot_method.h"
#include "hotspot_zgc.h"
#include "hotspot_thread.h"

/* What step_by_table() says beside an outcome: the rule is in state->rule; the table does not speak of the place. */
#define STEP_BY_RULE 254
#define STEP_BY_BLOB 253

/* Where a Method has its bytecodes, as far as it looks like one; NULL where it does not. */
static __always_inline const struct bytecodes *find_bytecodes(struct unwind_state *state, const struct sonde_jvm *jvm,
                                                              __u64 method) {
    struct bytecodes *known = &state->known_bytecodes[(method >> 5) % KNOWN_METHODS];
    __u64 constants;
    __u16 bytes;

    if ((method & 7) || !in_user_space(method))
        return NULL;
    if (method == known->method)
        return known;
    if (read_jvm(state->pair, sizeof(__u64), method + jvm->method_const))
        return NULL;
    constants = state->pair[0];
    if ((constants & 7) || !in_user_space(constants))
        return NULL;
    if (read_jvm(&bytes, sizeof(bytes), constants + jvm->const_code_size))
        bytes = 0;
    known->method = method;
    known->begin = constants + jvm->const_bytes;
    known->bytes = bytes;
    return known;
}

static __always_inline bool is_bytecode(const struct bytecodes *codes, __u64 bcp) {
    return bcp - codes->begin < codes->bytes;
}

/*
 * Names the interpreter's frame by its Method and bytecode pointer: that in r13, where the code stands in the
 * interpreter, and where it has not been put to another use there; that in the frame, which is written before each
 * call. False when there is no Method.
 */
static __always_inline bool name_interpreted(struct unwind_state *state, const struct sonde_jvm *jvm) {
    __u64 method, in_frame, bcp = state->registers[13], fp = state->frame.fp;
    const struct bytecodes *codes;

    if (read_stack(state, &state->pair[0], 1, fp + jvm->slot_method) ||
        read_stack(state, &state->pair[1], 1, fp + jvm->slot_bcp))
        return false;
    method = state->pair[0];
    in_frame = state->pair[1];
    codes = find_bytecodes(state, jvm, method);
    if (!codes)
        return false;
    if (!state->all_registers || !is_bytecode(codes, bcp))
        bcp = is_bytecode(codes, in_frame) ? in_frame : 0;
    name_frame(state, SONDE_FRAME_INTERPRETED, method, bcp);
    return true;
}

/* Whether a call precedes state->frame.pc. */
static __always_inline bool follows_call(struct unwind_state *state) {
    return !read_jvm(state->bytes, CALL_BYTES, state->frame.pc - CALL_BYTES) && ends_with_call(state->bytes);
}

/* The rule of an address in the code cache, into state->rule. */
static __always_inline void find_stable_rule(struct unwind_state *state, const struct sonde_jvm *jvm, __u64 address) {
    struct stable_rule *known = &state->known_rules[(address >> 4) % KNOWN_RULES];

    if (address == known->address) {
        state->rule = known->rule;
        return;
    }
    find_rule(address - jvm->table_base, true);
    known->address = address;
    known->rule = state->rule;
}

/*
 * Looks for the rule of the code that stays. STEP_BY_RULE or STEP_BY_BLOB, or the outcome of a step. Not inlined: see
 * find_code().
 */
__noinline int step_by_table(void) {
    struct unwind_state *state = unwind_state_here();
    const struct sonde_jvm *jvm = state ? jvm_here(state) : NULL;

    if (!jvm)
        return SONDE_OUTCOME_JVM_UNKNOWN_CODE;
    find_stable_rule(state, jvm, state->frame.pc - (state->exact ? 0 : 1));
    switch (state->rule.cfa) {
    case UNWIND_CFA_UNCOVERED:
        return STEP_BY_BLOB;
    case UNWIND_CFA_UNSUPPORTED:
    case UNWIND_CFA_BROKEN:
        return SONDE_OUTCOME_JVM_STUB;
    case UNWIND_CFA_INTERPRETER:
        if (!name_interpreted(state, jvm))
            return SONDE_OUTCOME_JVM_NO_METHOD;
        return state->chunk ? step_from_frozen(state, jvm) : STEP_BY_RULE;
    case UNWIND_CFA_CONTINUATION:
        return step_to_entry(state, jvm);
    default:
        if (!state->suspect || follows_call(state))
            return STEP_BY_RULE;
        state->refuted = true;
        return SONDE_OUTCOME_JVM_NO_CALL;
    }
}

/*
 * Steps to the caller of the leaf, in a file with a table that does not speak of the place: libjvm's assembly, which
 * has neither frames nor frame information (linux_x86_64.S of os_cpu). rbp there may be anything of Java code's.
 */
__noinline int step_from_assembly(void) {
    struct unwind_state *state = unwind_state_here();
    int outcome;

    if (!state || read_stack(state, state->pair, 1, state->frame.sp))
        return SONDE_OUTCOME_UNREADABLE;
    if (in_code_cache(state, state->pair[0]))
        return step_without_frame(state);
    outcome = check_return_address(state->pair[0], false);
    if (outcome != SONDE_OUTCOME_CONTINUES)
        return SONDE_OUTCOME_NO_FRAME_POINTER;
    outcome = step_without_frame(state);
    state->suspect = false;
    return outcome;
}

/* Whether the frame at hand only stands for others: the barrier of a virtual thread, or what lies behind a chunk. */
static __always_inline bool stands_for_others(const struct unwind_state *state) {
    if (state->chunk)
        return state->frame.sp >= state->chunk_end;
    return state->jvm.return_barrier && state->frame.pc == state->jvm.return_barrier && !state->exact;
}

/* STEP_BY_RULE, or the outcome of a step, from an address in the code cache. */
static __always_inline int step_in_code_cache(struct unwind_state *state) {
    int outcome = step_by_table();

    if (outcome != STEP_BY_BLOB)
        return outcome;
    if (!find_blob(state->frame.pc - (state->exact ? 0 : 1))) {
        state->refuted = !state->exact;
        return SONDE_OUTCOME_JVM_UNKNOWN_CODE;
    }
    return state->exact ? step_from_code() : step_from_call();
}

#endif
