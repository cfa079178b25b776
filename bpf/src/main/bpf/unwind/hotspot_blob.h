/*
 * From an address in a JVM's code cache to the code that it lies in: the heap's map of segments leads to the block, the
 * block's header to the blob (memory/heap.hpp, code/codeBlob.hpp, code/nmethod.hpp).
 */
#ifndef SONDE_UNWIND_HOTSPOT_BLOB_H
#define SONDE_UNWIND_HOTSPOT_BLOB_H

/* CodeHeap::free_sentinel. */
#define SEGMENT_FREE 0xff

/* Each hop goes back up to 254 segments. A method of 1 MiB, more than HotSpot compiles, has 33 at 256 bytes each. */
#define MAX_SEGMENT_HOPS 33

static __always_inline const struct sonde_jvm *jvm_here(const struct unwind_state *state) {
    const struct unwind_block *block = unwind_block_of(state->jvm.layout.table, state->jvm.jvm_block);

    return block ? &block->jvm : NULL;
}

/* Fields of the blob that was read. The masks are for the verifier: user space keeps to the bounds. */
static __always_inline __u64 blob_word(const struct unwind_state *state, __u32 at) {
    return *(const __u64 *)&state->blob[at & (SONDE_BLOB_BYTES - 8)];
}

static __always_inline __s32 blob_int(const struct unwind_state *state, __u32 at) {
    return *(const __s32 *)&state->blob[at & (SONDE_BLOB_BYTES - 4)];
}

static __always_inline __s32 blob_short(const struct unwind_state *state, __u32 at) {
    return *(const __s16 *)&state->blob[at & (SONDE_BLOB_BYTES - 2)];
}

/* The address in a field that is a pointer or counts from the blob's start on; 0 where it has none. */
static __always_inline __u64 blob_address(const struct unwind_state *state, __u64 blob, __u32 at, bool is_offset) {
    __s32 offset;

    if (at == SONDE_NO_FIELD)
        return 0;
    if (!is_offset)
        return blob_word(state, at);
    offset = blob_int(state, at);
    return offset > 0 ? blob + offset : 0;
}

/* The first byte of the block that an address lies in; 0 where there is none. */
static __always_inline __u64 find_block(const struct sonde_jvm *jvm, __u64 address) {
    __u64 segmap = 0, low = 0, segment;
    __u32 bits = 0;
    __u8 back = SEGMENT_FREE;

#pragma unroll
    for (int i = 0; i < SONDE_CODE_HEAPS; i++) {
        if (address >= jvm->heaps[i].low && address < jvm->heaps[i].end) {
            low = jvm->heaps[i].low;
            segmap = jvm->heaps[i].segmap;
            bits = jvm->heaps[i].segment_bits & 31;
        }
    }
    segment = (address - low) >> bits;
    for (int i = 0; i < MAX_SEGMENT_HOPS && back; i++) {
        if (read_jvm(&back, sizeof(back), segmap + segment) || back == SEGMENT_FREE)
            return 0;
        segment -= back;
    }
    return back ? 0 : low + (segment << bits);
}

static __always_inline void describe_method(struct unwind_state *state, const struct sonde_jvm *jvm) {
    struct java_code *code = &state->code;
    bool is_offset = jvm->flags & SONDE_JVM_DEOPT_IS_OFFSET;

    code->method = blob_word(state, jvm->method_method);
    code->compile_id = blob_int(state, jvm->method_compile_id);
    code->deopt = blob_address(state, code->blob, jvm->method_deopt, is_offset);
    code->deopt_mh = blob_address(state, code->blob, jvm->method_deopt_mh, is_offset);
    code->orig_pc = blob_int(state, jvm->method_orig_pc);
}

static __always_inline void describe_blob(struct unwind_state *state, const struct sonde_jvm *jvm, __u64 blob) {
    struct java_code *code = &state->code;
    __u64 kind = jvm->flags & SONDE_JVM_KIND_IS_BYTE ? state->blob[jvm->blob_kind & (SONDE_BLOB_BYTES - 1)]
                                                     : blob_word(state, jvm->blob_kind);

    code->blob = blob;
    code->end = blob + (__u32)blob_int(state, jvm->blob_size);
    code->begin = blob_address(state, blob, jvm->blob_code, jvm->flags & SONDE_JVM_CODE_IS_OFFSET);
    code->frame_size = blob_int(state, jvm->blob_frame_size);
    code->frame_complete = jvm->flags & SONDE_JVM_COMPLETE_IS_SHORT ? blob_short(state, jvm->blob_frame_complete)
                                                                    : blob_int(state, jvm->blob_frame_complete);
    code->is_method = kind == jvm->kind_method || kind == jvm->kind_native;
    code->is_vtable = kind == jvm->kind_vtable;
    code->method = code->deopt = code->deopt_mh = code->compile_id = 0;
}

/* Reads the code that an address lies in into state->code; false when there is none. Not inlined: see find_code(). */
__noinline int find_blob(__u64 address) {
    struct unwind_state *state = unwind_state_here();
    const struct sonde_jvm *jvm = state ? jvm_here(state) : NULL;
    __u64 block, blob;
    __u32 bytes;

    if (!jvm)
        return false;
    /* The same method again: recursion. */
    if (address >= state->code.blob && address < state->code.end)
        return true;
    state->code.blob = state->code.end = 0;
    block = find_block(jvm, address);
    if (!block)
        return false;
    blob = block + jvm->block_header;
    /* One byte of the block's header, the last thing in it, says whether it is used. */
    if (read_jvm(&state->blob[0], 1, block + jvm->block_used) || !state->blob[0])
        return false;
    /* What is no method ends earlier, and may be the last in the heap's memory. */
    bytes = jvm->method_bytes;
    if (bytes > SONDE_BLOB_BYTES)
        return false;
    if (read_jvm(state->blob, bytes, blob)) {
        bytes = jvm->blob_bytes;
        if (bytes > SONDE_BLOB_BYTES || read_jvm(state->blob, bytes, blob))
            return false;
    }
    describe_blob(state, jvm, blob);
    if (state->code.is_method)
        describe_method(state, jvm);
    if (address < state->code.begin || address >= state->code.end) {
        state->code.blob = state->code.end = 0;
        return false;
    }
    return true;
}

#endif
