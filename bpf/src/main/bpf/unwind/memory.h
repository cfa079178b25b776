/*
 * What the unwinder reads, and where it keeps its state, in the BPF program. dispatch.h tells what is asked of it.
 */
#ifndef SONDE_UNWIND_MEMORY_H
#define SONDE_UNWIND_MEMORY_H

/* One table: its size is the file's. */
struct unwind_table {
    __uint(type, BPF_MAP_TYPE_ARRAY);
    __uint(max_entries, 1);
    __uint(map_flags, BPF_F_INNER_MAP);
    __uint(key_size, sizeof(__u32));
    __uint(value_size, sizeof(struct unwind_block));
};

/* The tables by the number that a file has in `unwind_files`. User space sets the sizes before loading. */
struct {
    __uint(type, BPF_MAP_TYPE_ARRAY_OF_MAPS);
    __uint(max_entries, 1);
    __type(key, __u32);
    __array(values, struct unwind_table);
} unwind_tables SEC(".maps");

struct {
    __uint(type, BPF_MAP_TYPE_HASH);
    __uint(max_entries, 1);
    __uint(map_flags, BPF_F_NO_PREALLOC);
    __type(key, struct sonde_file_key);
    __type(value, struct sonde_unwind_file);
} unwind_files SEC(".maps");

/* When user space was last told of a file that it has to make a table of. */
struct {
    __uint(type, BPF_MAP_TYPE_LRU_HASH);
    __uint(max_entries, 256);
    __type(key, struct sonde_file_key);
    __type(value, __u64);
} unwind_asked SEC(".maps");

struct {
    __uint(type, BPF_MAP_TYPE_RINGBUF);
    __uint(max_entries, 16 << 10);
} unwind_requests SEC(".maps");

/* The JVMs that user space knows, by process (tgid). */
struct {
    __uint(type, BPF_MAP_TYPE_HASH);
    __uint(max_entries, 1);
    __uint(map_flags, BPF_F_NO_PREALLOC);
    __type(key, __u32);
    __type(value, struct sonde_jvm_process);
} jvms SEC(".maps");

struct {
    __uint(type, BPF_MAP_TYPE_PERCPU_ARRAY);
    __uint(max_entries, 1);
    __type(key, __u32);
    __type(value, struct unwind_state);
} unwind_states SEC(".maps");

static __always_inline struct unwind_state *unwind_state_here(void) {
    __u32 zero = 0;

    return bpf_map_lookup_elem(&unwind_states, &zero);
}

/* Zero, or an error: the page is not there, and may not be brought in while an interrupt is handled. */
static __always_inline long read_user(void *to, __u32 bytes, __u64 address) {
    return bpf_probe_read_user(to, bytes, (void *)address);
}

static __always_inline bool is_in_window(const struct unwind_state *state, __u64 address, __u32 count) {
    __u64 at = address - state->window_start;

    return !(at & 7) && at < STACK_WINDOW_BYTES && at + count * sizeof(__u64) <= state->window_bytes;
}

/*
 * Reads the window around an address, on the address's page, so that nothing is touched that was not asked for. Zero,
 * or an error. Not inlined: see find_code().
 */
__noinline int move_window(__u64 address) {
    struct unwind_state *state = unwind_state_here();
    __u64 before = address & (PAGE_BYTES - 8), start, bytes;

    if (!state)
        return -1;
    start = address - (before < STACK_WINDOW_BEFORE ? before : STACK_WINDOW_BEFORE);
    bytes = PAGE_BYTES - (start & (PAGE_BYTES - 1));
    if (bytes > STACK_WINDOW_BYTES)
        bytes = STACK_WINDOW_BYTES;
    state->window_bytes = 0;
    if (bpf_probe_read_user(state->window, bytes, (void *)start))
        return -1;
    state->window_start = start;
    state->window_bytes = bytes;
    return 0;
}

/*
 * Reads one or two words of the stack. A read of the kernel's takes 40 ns, of 8 bytes as of 512: what lies around is
 * read with it, for most frames are small.
 */
static __always_inline long read_stack(struct unwind_state *state, __u64 *to, __u32 count, __u64 address) {
    __u64 at;

    if (!is_in_window(state, address, count) && (move_window(address) || !is_in_window(state, address, count)))
        return bpf_probe_read_user(to, count * sizeof(__u64), (void *)address);
    at = (address - state->window_start) / sizeof(__u64);
    opaque(at);
    to[0] = state->window[at % (STACK_WINDOW_BYTES / sizeof(__u64))];
    if (count > 1)
        to[1] = state->window[(at + 1) % (STACK_WINDOW_BYTES / sizeof(__u64))];
    return 0;
}

/* Whether what a JVM keeps is as it was when the stack was. */
static __always_inline bool is_heap_of_sample(void) {
    return true;
}

static __always_inline long read_jvm(void *to, __u32 bytes, __u64 address) {
    return read_user(to, bytes, address);
}

static __always_inline const struct unwind_block *unwind_block_of(__u32 table, __u32 block) {
    void *blocks = bpf_map_lookup_elem(&unwind_tables, &table);

    return blocks ? bpf_map_lookup_elem(blocks, &block) : NULL;
}

/* A word of the walk's frames, into the sample at hand; false when there is no room. */
static __always_inline bool put_word(const struct unwind_state *state, __u32 number, __u64 word) {
    struct sonde_sample *sample = scratch_sample();
    __u32 at = state->first + number;

    if (!sample || at >= SONDE_MAX_KERNEL_FRAMES + SONDE_MAX_USER_WORDS)
        return false;
    sample->words[at] = word;
    return true;
}

/* Which address a frame was found by is in its words, but for Java's. Nobody asks. */
static __always_inline void note_address(const struct unwind_state *state, __u64 address) {}

/* Calls the function until it returns other than zero, or so many times. */
static __always_inline void repeat(__u32 times, long (*turn)(__u32, void *)) {
    bpf_loop(times, turn, NULL, 0);
}

#endif
