/*
 * What a sample says of its JVM beside the frames: whether it is at a safepoint, and the name of the virtual thread
 * that the thread runs; a moment later it may run another one. The name is read only where the tick hit Java code. A
 * thread in Java code keeps its JVM from safepoints, so that no collector that stops the world moves objects meanwhile
 * (but for some instructions of native methods' wrappers). r15 is the JavaThread there (cpu/x86/macroAssembler_x86.hpp,
 * r15_thread), but in some stubs, so it has to be one on whose stack the thread is.
 */
#ifndef SONDE_UNWIND_HOTSPOT_NAME_H
#define SONDE_UNWIND_HOTSPOT_NAME_H

/* String.coder (java/lang/String.java); 0 is LATIN1. */
#define STRING_UTF16 1

/* The object that a field of another refers to; 0 where there is none or it cannot be read. */
static __always_inline __u64 read_object(struct unwind_state *state, const struct sonde_jvm *jvm, __u64 field) {
    return read_reference(state, jvm, field) == SONDE_OUTCOME_CONTINUES ? state->pair[0] : 0;
}

/* Whether this is the JavaThread of the thread at hand, by its stack. */
static __always_inline bool is_java_thread(struct unwind_state *state, const struct sonde_jvm *jvm, __u64 thread,
                                           __u64 sp) {
    __u64 base, size;

    if ((thread & 7) || !in_user_space(thread) ||
        read_jvm(&state->pair[0], sizeof(__u64), thread + jvm->thread_stack_base) ||
        read_jvm(&state->pair[1], sizeof(__u64), thread + jvm->thread_stack_size))
        return false;
    base = state->pair[0];
    size = state->pair[1];
    return sp < base && base - sp <= size;
}

/* The name of the virtual thread that a JavaThread runs: the address of its String; 0 where it runs none, or one
 * without name. */
static __always_inline __u64 virtual_thread_name(struct unwind_state *state, const struct sonde_jvm *jvm,
                                                 __u64 thread) {
    __u64 current = read_handle(state, jvm, thread + jvm->thread_virtual);
    __u64 own = read_handle(state, jvm, thread + jvm->thread_object);

    if (!current || !own || current == own)
        return 0;
    return read_object(state, jvm, current + jvm->object_name);
}

static __always_inline void copy_text(struct unwind_state *state, const struct sonde_jvm *jvm, __u64 string,
                                      struct sonde_sample *sample) {
    __u64 array = read_object(state, jvm, string + jvm->string_value);
    __u32 bytes, coder;

    state->pair[0] = state->pair[1] = 0;
    if (!array || read_jvm(&state->pair[0], sizeof(__u32), array + jvm->array_length) ||
        read_jvm(&state->pair[1], sizeof(__u8), string + jvm->string_coder))
        return;
    bytes = (__u32)state->pair[0];
    coder = (__u32)state->pair[1];
    if (!bytes || coder > STRING_UTF16)
        return;
    if (bytes > SONDE_NAME_BYTES)
        bytes = SONDE_NAME_BYTES;
    if (read_jvm(sample->virtual_name, bytes, array + jvm->array_bytes))
        return;
    sample->virtual_name_bytes = bytes;
    if (coder == STRING_UTF16)
        sample->flags |= SONDE_FLAG_NAME_UTF16;
}

static __always_inline void name_virtual_thread(struct unwind_state *state, const struct sonde_jvm *jvm,
                                                struct sonde_sample *sample) {
    __u64 thread = sample->registers.r15, string;

    if (!(jvm->flags & SONDE_JVM_THREADS_NAMED))
        return;
    if (!is_java_thread(state, jvm, thread, sample->registers.sp))
        return;
    string = virtual_thread_name(state, jvm, thread);
    if (string)
        copy_text(state, jvm, string, sample);
}

/* Whether the JVM's Java threads stand still for it now. */
static __always_inline bool is_at_safepoint(struct unwind_state *state, const struct sonde_jvm *jvm) {
    if (!jvm->safepoint_state || read_jvm(state->pair, sizeof(__u32), jvm->safepoint_state))
        return false;
    return (__u32)state->pair[0] == JVM_SYNCHRONIZED;
}

/* What the sample says of the JVM beside its frames. Before the walk. Not inlined: see find_code(). */
__noinline int note_jvm(void) {
    struct unwind_state *state = unwind_state_here();
    struct sonde_sample *sample = scratch_sample();
    const struct sonde_jvm *jvm = state ? jvm_here(state) : NULL;

    if (!jvm || !sample)
        return 0;
    if (is_at_safepoint(state, jvm))
        sample->flags |= SONDE_FLAG_SAFEPOINT;
    if (in_code_cache(state, sample->registers.ip))
        name_virtual_thread(state, jvm, sample);
    return 0;
}

#endif
