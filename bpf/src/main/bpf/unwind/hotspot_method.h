/* The caller of a frame of compiled Java code, or of other code whose blob says the size of its frame. */
#ifndef SONDE_UNWIND_HOTSPOT_METHOD_H
#define SONDE_UNWIND_HOTSPOT_METHOD_H

/* Words above its frame that code may have pushed in between: 5 in String.indexOf's, the most that were seen. */
#define MAX_PUSHED_WORDS 8

/* The frame at hand in two words instead of its address. */
static __always_inline void name_frame(struct unwind_state *state, enum sonde_frame kind, __u64 first, __u64 second) {
    if (!put_word(state, state->frame_word + 1, second))
        return;
    put_word(state, state->frame_word, (__u64)kind << SONDE_FRAME_SHIFT | first);
    state->words = state->frame_word + 2;
}

/* As compiled code that stands at an address, or returns there. */
static __always_inline void name_compiled(struct unwind_state *state, __u64 address) {
    const struct java_code *code = &state->code;

    if (code->method)
        name_frame(state, SONDE_FRAME_COMPILED, address + (state->exact && state->depth > 1),
                   code->method << 16 | (code->compile_id & 0xffff));
}

/*
 * Whether Java code may return to an address: behind a call, into the interpreter, whose calls are jumps, or to what
 * thaws a virtual thread's frames. Uses state->bytes. Not inlined: it is asked up to 9 times.
 */
__noinline int is_java_return(__u64 address) {
    struct unwind_state *state = unwind_state_here();
    const struct sonde_jvm *jvm = state ? jvm_here(state) : NULL;

    if (!jvm || !in_code_cache(state, address))
        return false;
    state->bytes[CALL_BYTES - 5] = 0; /* Not of the address asked before. */
    if (address >= jvm->interpreter_low && address < jvm->interpreter_end)
        return true;
    if (address == jvm->return_barrier)
        return true;
    return !read_jvm(state->bytes, CALL_BYTES, address - CALL_BYTES) && ends_with_call(state->bytes);
}

/* Ends a step: the caller's frame, by rules that its pc has yet to confirm. */
static __always_inline int go_to_caller(struct unwind_state *state, __u64 pc, __u64 sp, __u64 fp) {
    if ((sp & 7) || sp <= state->frame.sp)
        return SONDE_OUTCOME_BROKEN_CHAIN;
    state->frame = (struct user_frame){.pc = pc, .sp = sp, .fp = fp};
    state->exact = false;
    state->all_registers = false;
    state->rbx_known = false;
    state->chained = false;
    state->suspect = true;
    /* What lies behind a chunk's last frame is not read. */
    return pc || state->chunk ? SONDE_OUTCOME_CONTINUES : SONDE_OUTCOME_ZERO_ADDRESS;
}

/* The caller of a frame without a word of its own. */
static __always_inline int step_without_frame(struct unwind_state *state) {
    if (read_stack(state, state->pair, 1, state->frame.sp))
        return SONDE_OUTCOME_UNREADABLE;
    return go_to_caller(state, state->pair[0], state->frame.sp + sizeof(__u64), state->frame.fp);
}

/* The same of a frame that ends where the CFA is, with the caller's rbp. */
static __always_inline int step_over_frame(struct unwind_state *state, __u64 cfa) {
    __u64 fp;

    if (read_stack(state, state->pair, 2, cfa - sizeof(state->pair)))
        return SONDE_OUTCOME_UNREADABLE;
    fp = state->pair[0];
    if (state->chunk)
        fp = cfa - sizeof(state->pair) + sizeof(__u64) * fp;
    return go_to_caller(state, state->pair[1], cfa, fp);
}

/* Copies of short strings, 16 bytes each, that String.indexOf may have between its method's frame and what it pushes.
 */
#define MAX_COPIES 2

/* A string is an array of at most 2^31 bytes. */
#define MAX_STRING_BYTES 0x7fffffffULL

/* Whether what was just asked by is_java_return() returns from a direct call of the code at hand. */
static __always_inline bool is_own_call(const struct unwind_state *state, __u64 return_address) {
    __s32 distance;

    __builtin_memcpy(&distance, state->bytes + CALL_BYTES - sizeof(distance), sizeof(distance));
    return state->bytes[CALL_BYTES - 5] == 0xe8 && return_address + distance >= state->code.begin &&
           return_address + distance < state->code.end;
}

/*
 * How many bytes String.indexOf has put onto its method's frame, if it has pushed the stack pointer of before last
 * (C2_MacroAssembler::string_indexof); else 0. Alone where the string looked for is a short constant, else above where
 * the strings begin and how long the second is: while it looks, rdi and rsi stand somewhere in them. Frames end at
 * multiples of 16 bytes (StackAlignmentInBytes, cpu/x86/globalDefinitions_x86.hpp), so that the stack pointer tells one
 * word from four. A frame's first word may be a stack pointer of before, too: of the four none is believed alone.
 */
static __always_inline __u32 pushed_by_index_of(struct unwind_state *state) {
    __u64 sp = state->frame.sp, pushed;

    if (read_stack(state, state->pair, 1, sp))
        return 0;
    pushed = state->pair[0] - sp;
    if (sp & 8)
        return pushed == 8 || pushed == 8 + 16 ? pushed : 0;
    if (!state->all_registers || pushed < 32 || pushed > 32 + 16 * MAX_COPIES || (pushed & 15) ||
        read_stack(state, state->pair, 2, sp + sizeof(__u64)))
        return 0;
    if (state->registers[DWARF_RDI] - state->pair[0] > MAX_STRING_BYTES ||
        state->registers[DWARF_RSI] - state->pair[1] > MAX_STRING_BYTES || !state->pair[0] || !state->pair[1])
        return 0;
    return pushed;
}

/* Where the CFA is by a stack pointer saved on top, if what it says ends with a return address; else 0. */
static __always_inline __u64 frame_end_by_saved_sp(struct unwind_state *state, __u64 cfa) {
    __u32 pushed = pushed_by_index_of(state);

    if (!pushed || read_stack(state, state->pair, 1, cfa + pushed - sizeof(__u64)) || !is_java_return(state->pair[0]))
        return 0;
    return cfa + pushed;
}

/*
 * Where the whole frame's CFA is, if code has pushed words onto it: the first that leaves a return address. Before a
 * return address is believed that does not name this code, a stack pointer saved on top is: one of before may still
 * stand where the frame's would be.
 */
static __always_inline __u64 find_frame_end(struct unwind_state *state, __u64 cfa) {
    /* While the arguments are being pushed, the last may be the address of a copy. */
    bool pushing = is_push(state->bytes[CODE_BEFORE]);
    __u32 in_barrier = pushed_in_barrier(state->frame.pc);
    __u64 saved;

    if (in_barrier && !read_stack(state, state->pair, 1, cfa + in_barrier - sizeof(__u64)) &&
        is_java_return(state->pair[0]))
        return cfa + in_barrier;
    if (!read_stack(state, state->pair, 1, cfa - sizeof(__u64)) && is_java_return(state->pair[0]) &&
        is_own_call(state, state->pair[0]))
        return cfa;
    saved = pushing ? 0 : frame_end_by_saved_sp(state, cfa);
    if (saved)
        return saved;
    for (__u32 pushed = 0; pushed <= MAX_PUSHED_WORDS; pushed++) {
        __u64 end = cfa + pushed * sizeof(__u64);

        if (read_stack(state, state->pair, 1, end - sizeof(__u64)))
            break;
        if (is_java_return(state->pair[0]))
            return end;
    }
    /* It may still be a deoptimisation handler. */
    return cfa + in_barrier;
}

/* What there is of the frame in which the code stands. */
static __always_inline enum method_frame frame_here(struct unwind_state *state) {
    const struct java_code *code = &state->code;
    __u64 complete = code->begin + code->frame_complete;
    enum method_frame frame;

    if (code->is_vtable || code->frame_size <= 1)
        return FRAME_NONE;
    if (code->frame_complete > 0 && state->frame.pc < complete) {
        if (read_jvm(state->bytes, PROLOGUE_BYTES, complete - PROLOGUE_BYTES))
            return FRAME_PERHAPS_NONE;
        /* Anything further away than what is looked at lies before it. */
        if (complete - state->frame.pc > PROLOGUE_BYTES)
            return FRAME_NONE;
        frame = prologue_frame(state->bytes, complete - state->frame.pc, code->frame_size);
    } else {
        if (read_jvm(state->bytes, CODE_BYTES, state->frame.pc - CODE_BEFORE))
            return FRAME_WHOLE;
        frame = body_frame(state->bytes + CODE_BEFORE, code->frame_size);
    }
    return frame;
}

/* Steps to the caller of the code that state->code and state->frame stand in. */
__noinline int step_from_code(void) {
    struct unwind_state *state = unwind_state_here();
    enum method_frame frame;
    __u64 cfa;

    if (!state)
        return SONDE_OUTCOME_UNREADABLE;
    if (!state->code.is_method && !state->code.is_vtable)
        return SONDE_OUTCOME_JVM_STUB;
    name_compiled(state, state->frame.pc);
    frame = frame_here(state);
    if (frame == FRAME_PERHAPS_NONE) {
        if (read_stack(state, state->pair, 1, state->frame.sp))
            return SONDE_OUTCOME_UNREADABLE;
        frame = is_java_return(state->pair[0]) ? FRAME_NONE : FRAME_WHOLE;
    }
    if (frame == FRAME_NONE)
        return step_without_frame(state);
    if (frame == FRAME_PUSHED)
        return step_over_frame(state, state->frame.sp + 2 * sizeof(__u64));
    cfa = state->frame.sp + sizeof(__u64) * state->code.frame_size;
    if (frame >= FRAME_AND_WORD)
        return step_over_frame(state, cfa + (frame - FRAME_AND_WORD + 1) * sizeof(__u64));
    if (frame == FRAME_RBP_UNSAVED) {
        if (read_stack(state, state->pair, 1, cfa - sizeof(__u64)))
            return SONDE_OUTCOME_UNREADABLE;
        return go_to_caller(state, state->pair[0], cfa, state->frame.fp);
    }
    return step_over_frame(state, find_frame_end(state, cfa));
}

/* What a deoptimised frame would have returned to, had it not been deoptimised; 0 where it is none. */
static __always_inline __u64 original_pc(struct unwind_state *state) {
    const struct java_code *code = &state->code;

    if (state->frame.pc != code->deopt && state->frame.pc != code->deopt_mh)
        return 0;
    if (read_stack(state, state->pair, 1, state->frame.sp + code->orig_pc))
        return 0;
    return state->pair[0] >= code->begin && state->pair[0] < code->end ? state->pair[0] : 0;
}

/* Two pops of at most two bytes each. */
#define POPS_BYTES 4

/* Steps to the caller of the code, in state->code, that has called what returns to state->frame.pc. */
__noinline int step_from_call(void) {
    struct unwind_state *state = unwind_state_here();
    __u64 original, cfa;
    __u32 in_barrier;
    int arguments = 0;

    if (!state)
        return SONDE_OUTCOME_UNREADABLE;
    if (read_jvm(state->bytes, CALL_BYTES + POPS_BYTES, state->frame.pc - CALL_BYTES))
        return SONDE_OUTCOME_UNREADABLE;
    original = original_pc(state);
    if (!original && state->suspect && !ends_with_call(state->bytes)) {
        state->refuted = true;
        return SONDE_OUTCOME_JVM_NO_CALL;
    }
    if (state->code.frame_size <= 1)
        return SONDE_OUTCOME_JVM_STUB;
    name_compiled(state, original ? original : state->frame.pc);
    cfa = state->frame.sp + sizeof(__u64) * state->code.frame_size;
    if (pops_arguments(state->bytes + CALL_BYTES))
        arguments = read_jvm(state->bytes, ARGUMENTS_BYTES, state->frame.pc) ? 2 : argument_words(state->bytes);
    /* Native code and stubs are called from barriers, methods are not. */
    in_barrier = state->suspect ? 0 : pushed_in_barrier(state->frame.pc);
    if (in_barrier)
        cfa += in_barrier;
    else /* Those of a call to a stub of C1's are still on the stack. */
        cfa += arguments * sizeof(__u64);
    return step_over_frame(state, cfa);
}

#endif
