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

/* Segments whose part of the map is read at once: one hop's. */
#define SEGMAP_PIECE 256

static __always_inline const struct sonde_jvm *jvm_here(const struct unwind_state *state) {
    const struct unwind_block *block = unwind_block_of(state->jvm.layout.table, state->jvm.jvm_block);

    return block ? &block->jvm : NULL;
}

/* Where state->block begins in its block: at the word with the byte that says whether it is used, the header's last. */
static __always_inline __u32 block_start(const struct sonde_jvm *jvm) {
    return jvm->block_used & -8;
}

/* Where it has a field of the blob. */
static __always_inline __u32 blob_at(const struct sonde_jvm *jvm, __u32 field) {
    return jvm->block_header - block_start(jvm) + field;
}

/* Fields of the blob that was read. The masks are for the verifier: user space keeps to the bounds. */
static __always_inline __u64 blob_word(const struct unwind_state *state, const struct sonde_jvm *jvm, __u32 at) {
    return *(const __u64 *)&state->block[blob_at(jvm, at) & (BLOCK_BYTES - 8)];
}

static __always_inline __s32 blob_int(const struct unwind_state *state, const struct sonde_jvm *jvm, __u32 at) {
    return *(const __s32 *)&state->block[blob_at(jvm, at) & (BLOCK_BYTES - 4)];
}

static __always_inline __s32 blob_short(const struct unwind_state *state, const struct sonde_jvm *jvm, __u32 at) {
    return *(const __s16 *)&state->block[blob_at(jvm, at) & (BLOCK_BYTES - 2)];
}

static __always_inline __u8 blob_byte(const struct unwind_state *state, const struct sonde_jvm *jvm, __u32 at) {
    return state->block[blob_at(jvm, at) & (BLOCK_BYTES - 1)];
}

/* The address in a field that is a pointer or counts from the blob's start on; 0 where it has none. */
static __always_inline __u64 blob_address(const struct unwind_state *state, const struct sonde_jvm *jvm, __u32 at,
                                          bool is_offset) {
    __s32 offset;

    if (at == SONDE_NO_FIELD)
        return 0;
    if (!is_offset)
        return blob_word(state, jvm, at);
    offset = blob_int(state, jvm, at);
    return offset > 0 ? state->code.blob + offset : 0;
}

/*
 * Follows the map of segments back from one by the piece of it that ends there, which has most hops: a read of the
 * kernel's takes as long for a byte. Returns how the map goes on at *segment: 0 where that is a block's first.
 */
static __always_inline __u8 hop_within_piece(struct unwind_state *state, __u64 segmap, __u64 *segment) {
    __u8 back;

    if (*segment < SEGMAP_PIECE || read_jvm(state->block, SEGMAP_PIECE, segmap + *segment - (SEGMAP_PIECE - 1)))
        return read_jvm(state->block, 1, segmap + *segment) ? SEGMENT_FREE : state->block[0];
    back = state->block[SEGMAP_PIECE - 1];
    if (!back || back == SEGMENT_FREE)
        return back;
    *segment -= back;
    return state->block[(SEGMAP_PIECE - 1 - back) & (SEGMAP_PIECE - 1)];
}

/* The first byte of the block that an address lies in; 0 where there is none. */
static __always_inline __u64 find_block(struct unwind_state *state, const struct sonde_jvm *jvm, __u64 address) {
    __u64 segmap = 0, low = 0, segment;
    __u32 bits = 0;
    __u8 back;

#pragma unroll
    for (int i = 0; i < SONDE_CODE_HEAPS; i++) {
        if (address >= jvm->heaps[i].low && address < jvm->heaps[i].end) {
            low = jvm->heaps[i].low;
            segmap = jvm->heaps[i].segmap;
            bits = jvm->heaps[i].segment_bits & 31;
        }
    }
    segment = (address - low) >> bits;
    back = hop_within_piece(state, segmap, &segment);
    for (int i = 0; i < MAX_SEGMENT_HOPS && back; i++) {
        if (back == SEGMENT_FREE)
            return 0;
        segment -= back;
        if (read_jvm(&back, sizeof(back), segmap + segment))
            return 0;
    }
    return back ? 0 : low + (segment << bits);
}

static __always_inline void describe_method(struct unwind_state *state, const struct sonde_jvm *jvm) {
    struct java_code *code = &state->code;
    bool is_offset = jvm->flags & SONDE_JVM_DEOPT_IS_OFFSET;

    code->method = blob_word(state, jvm, jvm->method_method);
    code->compile_id = blob_int(state, jvm, jvm->method_compile_id);
    code->deopt = blob_address(state, jvm, jvm->method_deopt, is_offset);
    code->deopt_mh = blob_address(state, jvm, jvm->method_deopt_mh, is_offset);
    code->orig_pc = blob_int(state, jvm, jvm->method_orig_pc);
}

static __always_inline void describe_blob(struct unwind_state *state, const struct sonde_jvm *jvm, __u64 blob) {
    struct java_code *code = &state->code;
    __u64 kind = jvm->flags & SONDE_JVM_KIND_IS_BYTE ? blob_byte(state, jvm, jvm->blob_kind)
                                                     : blob_word(state, jvm, jvm->blob_kind);

    code->blob = blob;
    code->end = blob + (__u32)blob_int(state, jvm, jvm->blob_size);
    code->begin = blob_address(state, jvm, jvm->blob_code, jvm->flags & SONDE_JVM_CODE_IS_OFFSET);
    code->frame_size = blob_int(state, jvm, jvm->blob_frame_size);
    code->frame_complete = jvm->flags & SONDE_JVM_COMPLETE_IS_SHORT ? blob_short(state, jvm, jvm->blob_frame_complete)
                                                                    : blob_int(state, jvm, jvm->blob_frame_complete);
    code->is_method = kind == jvm->kind_method || kind == jvm->kind_native;
    code->is_vtable = kind == jvm->kind_vtable;
    code->method = code->deopt = code->deopt_mh = code->compile_id = 0;
}

/* Reads the end of a block's header and so many bytes of its blob to state->block. Zero, or an error. */
static __always_inline long read_block(struct unwind_state *state, const struct sonde_jvm *jvm, __u64 block,
                                       __u32 blob_bytes) {
    __u64 bytes = blob_at(jvm, blob_bytes);

    opaque(bytes);
    return bytes > BLOCK_BYTES || read_jvm(state->block, bytes, block + block_start(jvm));
}

/* Whether an address lies in code that the walk has met before, which is then in state->code. */
static __always_inline bool is_known_code(struct unwind_state *state, __u64 address) {
    if (address >= state->code.blob && address < state->code.end)
        return true;
#pragma unroll
    for (int i = 0; i < KNOWN_CODES; i++) {
        if (address >= state->known_codes[i].begin && address < state->known_codes[i].end) {
            state->code = state->known_codes[i];
            return true;
        }
    }
    return false;
}

/* Forgets what was met in another walk. */
static __always_inline void forget_code(struct unwind_state *state) {
#pragma unroll
    for (int i = 0; i < KNOWN_CODES; i++)
        state->known_codes[i].end = 0;
#pragma unroll
    for (int i = 0; i < KNOWN_METHODS; i++)
        state->known_bytecodes[i].method = 0;
#pragma unroll
    for (int i = 0; i < KNOWN_RULES; i++)
        state->known_rules[i].address = 0;
}

/* Reads the code that an address lies in into state->code; false when there is none. Not inlined: see find_code(). */
__noinline int find_blob(__u64 address) {
    struct unwind_state *state = unwind_state_here();
    const struct sonde_jvm *jvm = state ? jvm_here(state) : NULL;
    __u64 block;

    if (!jvm)
        return false;
    if (is_known_code(state, address))
        return true;
    state->code.blob = state->code.end = 0;
    block = find_block(state, jvm, address);
    /* What is no method ends earlier, and may be the last in the heap's memory. */
    if (!block || (read_block(state, jvm, block, jvm->method_bytes) && read_block(state, jvm, block, jvm->blob_bytes)))
        return false;
    if (!state->block[jvm->block_used & 7])
        return false;
    describe_blob(state, jvm, block + jvm->block_header);
    if (state->code.is_method)
        describe_method(state, jvm);
    if (address < state->code.begin || address >= state->code.end) {
        state->code.blob = state->code.end = 0;
        return false;
    }
    state->known_codes[state->next_code++ % KNOWN_CODES] = state->code;
    return true;
}

#endif
