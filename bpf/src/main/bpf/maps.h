/* The configuration and the maps, shared by the programs of this object. */
#ifndef SONDE_MAPS_H
#define SONDE_MAPS_H

/* Its own section, so that user space finds it at offset 0 of its own map. */
const volatile struct sonde_config config SEC(".rodata.config") = {};

/* User space sets the size before loading. */
struct {
    __uint(type, BPF_MAP_TYPE_RINGBUF);
    __uint(max_entries, 256 << 10);
} samples SEC(".maps");

struct {
    __uint(type, BPF_MAP_TYPE_PERCPU_ARRAY);
    __uint(max_entries, SONDE_COUNTERS);
    __type(key, __u32);
    __type(value, __u64);
} counters SEC(".maps");

/* What a sample is put together in: too large for the stack of a BPF program (512 bytes). */
struct sonde_scratch {
    struct sonde_sample sample;
    /* Without room: they stand here so that the object's BTF has the numbers that user space is tested against. */
    enum sonde_outcome outcomes[0];
    enum sonde_flag flags[0];
    enum sonde_counter counters[0];
    enum sonde_follow follows[0];
    enum sonde_frame frames[0];
};

struct {
    __uint(type, BPF_MAP_TYPE_PERCPU_ARRAY);
    __uint(max_entries, 1);
    __type(key, __u32);
    __type(value, struct sonde_scratch);
} scratch SEC(".maps");

static __always_inline struct sonde_sample *scratch_sample(void) {
    __u32 zero = 0;
    struct sonde_scratch *found = bpf_map_lookup_elem(&scratch, &zero);

    return found ? &found->sample : NULL;
}

static __always_inline void add(enum sonde_counter counter, __u64 count) {
    __u32 key = counter;
    __u64 *value = bpf_map_lookup_elem(&counters, &key);

    if (value)
        *value += count;
}

#endif
