/*
 * Samples whose unwinding met a file without a table, or code of no file in a young process, bring a copy of the stack:
 * user space finishes them by the same rules once the table is made. They have a ring buffer of their own, so that they
 * take no other sample's room; without room there, or beyond the rate, the sample goes without a copy and is counted.
 */
#ifndef SONDE_STACK_COPY_H
#define SONDE_STACK_COPY_H

/* Below the stack pointer a leaf may keep registers (System V ABI for x86-64, section 3.2.2: the red zone). */
#define RED_ZONE_BYTES 128

/*
 * Places that copies are made in, shared by all CPUs: one is taken for some microseconds, rarely, and a per-CPU map has
 * no values of this size (PCPU_MIN_UNIT_SIZE, 32 KiB).
 */
#define STACK_COPY_PLACES 4

struct stack_copy {
    __u64 taken;
    /* A struct sonde_sample as far as it is filled, then the copy. */
    __u8 record[sizeof(struct sonde_sample) + sizeof(__u64) + SONDE_MAX_STACK_BYTES];
};

struct {
    __uint(type, BPF_MAP_TYPE_ARRAY);
    __uint(max_entries, STACK_COPY_PLACES);
    __type(key, __u32);
    __type(value, struct stack_copy);
} stack_copy_places SEC(".maps");

/* User space sets the size before loading. */
struct {
    __uint(type, BPF_MAP_TYPE_RINGBUF);
    __uint(max_entries, 256 << 10);
} stack_copies SEC(".maps");

/* What a CPU copied in the second at hand. */
struct stack_copy_rate {
    __u64 second_start_nanos;
    __u64 copies;
};

struct {
    __uint(type, BPF_MAP_TYPE_PERCPU_ARRAY);
    __uint(max_entries, 1);
    __type(key, __u32);
    __type(value, struct stack_copy_rate);
} stack_copy_rates SEC(".maps");

static __always_inline bool may_copy_stack(__u64 now) {
    __u32 zero = 0;
    struct stack_copy_rate *rate = bpf_map_lookup_elem(&stack_copy_rates, &zero);

    if (!rate)
        return false;
    if (now - rate->second_start_nanos >= NANOS_PER_SECOND) {
        rate->second_start_nanos = now;
        rate->copies = 0;
    }
    if (rate->copies >= config.stack_copies_per_second)
        return false;
    rate->copies++;
    return true;
}

/* Where the copy begins: with the red zone, unless that lies on another page, which the leaf may never have touched. */
static __always_inline __u64 stack_copy_start(__u64 sp) {
    __u64 below = (sp - RED_ZONE_BYTES) & ~7ULL;

    return below / PAGE_BYTES == sp / PAGE_BYTES ? below : sp & ~7ULL;
}

/*
 * Copies memory from an address on, page by page until one is not there: a read is all or nothing, and where the stack
 * ends is known by nothing else. Returns how many bytes.
 */
static __always_inline __u32 copy_pages(__u8 *to, __u64 address) {
    __u32 done = 0;

#pragma unroll
    for (int i = 0; i < SONDE_MAX_STACK_BYTES / PAGE_BYTES; i++) {
        __u32 bytes = PAGE_BYTES - (address & (PAGE_BYTES - 1));

        if (bpf_probe_read_user(to + done, bytes, (void *)address))
            break;
        done += bytes;
        address += bytes;
    }
    return done;
}

/* Writes the sample of so many bytes, and its stack, from the place; returns the counter of what became of it. */
static __always_inline enum sonde_counter submit_from(struct stack_copy *place, const struct sonde_sample *sample,
                                                      __u64 bytes) {
    struct sonde_sample *copied = (void *)place->record;
    __u64 start = stack_copy_start(sample->registers.sp);

    if (bytes > sizeof(*sample) || bpf_probe_read_kernel(place->record, bytes, sample))
        return SONDE_COUNTER_STACK_COPIES_RING_FULL;
    copied->stack_bytes = copy_pages(place->record + bytes + sizeof(start), start);
    if (!copied->stack_bytes)
        return SONDE_COUNTER_STACK_COPIES_UNREADABLE;
    *(__u64 *)(place->record + bytes) = start;
    bytes += sizeof(start) + copied->stack_bytes;
    if (bytes > sizeof(place->record))
        return SONDE_COUNTER_STACK_COPIES_RING_FULL;
    if (bpf_ringbuf_output(&stack_copies, place->record, bytes, BPF_RB_NO_WAKEUP))
        return SONDE_COUNTER_STACK_COPIES_RING_FULL;
    return SONDE_COUNTER_STACK_COPIES;
}

/*
 * Hands a sample of so many bytes to user space together with its stack. Returns whether it did; why not is counted.
 * Not inlined: other samples do without.
 */
static __noinline bool submit_with_stack(struct sonde_sample *sample, __u64 bytes) {
    __u32 number = sample->cpu % STACK_COPY_PLACES;
    struct stack_copy *place = bpf_map_lookup_elem(&stack_copy_places, &number);
    enum sonde_counter became;

    if (!may_copy_stack(sample->time_nanos)) {
        add(SONDE_COUNTER_STACK_COPIES_LIMITED, 1);
        return false;
    }
    if (!place || __sync_val_compare_and_swap(&place->taken, 0, 1)) {
        add(SONDE_COUNTER_STACK_COPIES_BUSY, 1);
        return false;
    }
    became = submit_from(place, sample, bytes);
    __sync_lock_test_and_set(&place->taken, 0);
    add(became, 1);
    if (became != SONDE_COUNTER_STACK_COPIES)
        return false;
    add(SONDE_COUNTER_SAMPLES, 1);
    return true;
}

#endif
