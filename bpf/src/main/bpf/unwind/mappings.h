/* From an address to the code mapped there and the table that covers it. */
#ifndef SONDE_UNWIND_MAPPINGS_H
#define SONDE_UNWIND_MAPPINGS_H

/* User space is told of the same file again after so long: the first word may have been lost. */
#define ASK_AGAIN_NANOS 1000000000ULL

/* The memory area around an address, into state->found; false when there is none. Once more when the tree changed. */
static __always_inline bool find_area(__u64 address, struct unwind_state *state) {
    for (int i = 0; i < 2; i++) {
        __u64 area = maple_find(state->mm, state->pivots, address);

        if (area && read_area(area, state->mm, address, &state->found))
            return true;
    }
    return false;
}

/*
 * Tells user space of a file that has no entry yet, and wakes it: the process may soon be gone. That is dear on a
 * virtual machine (8 us), and rare.
 */
static __always_inline void send_request(const struct sonde_table_request *request) {
    __u64 now = bpf_ktime_get_ns();
    __u64 *asked = bpf_map_lookup_elem(&unwind_asked, &request->key);

    if (asked && now - *asked < ASK_AGAIN_NANOS)
        return;
    if (bpf_ringbuf_output(&unwind_requests, (void *)request, sizeof(*request), 0)) {
        add(SONDE_COUNTER_TABLE_REQUESTS_LOST, 1);
        return;
    }
    bpf_map_update_elem(&unwind_asked, &request->key, &now, BPF_ANY);
}

static __always_inline void ask_for_table(struct unwind_state *state) {
    struct task_struct *task = bpf_get_current_task_btf();
    struct sonde_table_request *request = &state->request;

    request->key = state->key;
    request->pid = state->pid;
    request->start = state->found.start;
    request->end = state->found.end;
    request->file_offset = state->found.file_offset;
    request->stack_top = state->stack_top;
    request->process_start_nanos = task->group_leader->start_boottime;
    send_request(request);
}

static __always_inline void find_table(struct unwind_state *state, struct code_mapping *mapping, __u64 address) {
    struct sonde_unwind_file *file;

    mapping->state = TABLE_NONE;
    if (mapping->file) {
        read_file_key(mapping->file, &state->key);
    } else if (mapping->start == state->vdso) {
        state->key = (struct sonde_file_key){.mtime_nanos = SONDE_VDSO_MTIME};
    } else {
        state->met_unnamed = true;
        return;
    }
    file = bpf_map_lookup_elem(&unwind_files, &state->key);
    if (!file) {
        mapping->state = TABLE_UNKNOWN;
        ask_for_table(state);
        return;
    }
    file->used_nanos = bpf_ktime_get_ns();
    if (file->layout.table == SONDE_NO_TABLE)
        return;
    mapping->layout = file->layout;
    use_segment(file, mapping, address);
}

/* The area from `start` to `end` that state->found is of: the whole, not the segment in it. */
static __always_inline void remember_area(struct unwind_state *state, __u64 start, __u64 end) {
    __u32 at = state->area_count;

    if (!state->found.file || at >= SONDE_MAX_AREAS)
        return;
    /* A stack that goes through more files than the cache holds meets the same area again. */
    for (__u32 i = 0; i < SONDE_MAX_AREAS; i++) {
        if (i < at && state->areas[i].start == start)
            return;
    }
    state->areas[at].start = start;
    state->areas[at].end = end;
    state->areas[at].file_offset = state->found.file_offset;
    state->areas[at].file = state->key;
    state->area_count = at + 1;
}

/*
 * The mapping of the code at an address, into state->found; its return value says whether there is one. Other memory is
 * none: a wrong return address into it must not have its file asked for. Not inlined:
 * the verifier then checks the walk once.
 */
__noinline int find_code(__u64 address) {
    struct unwind_state *state = unwind_state_here();
    __u64 start, end;

    if (!state)
        return false;
#pragma unroll
    for (int i = 0; i < CACHED_MAPPINGS; i++) {
        if (address >= state->cached[i].start && address < state->cached[i].end) {
            state->found = state->cached[i];
            return true;
        }
    }
    if (!find_area(address, state) || !(state->found.flags & VM_EXEC))
        return false;
    start = state->found.start;
    end = state->found.end;
    find_table(state, &state->found, address);
    remember_area(state, start, end);
    state->cached[state->next_cached % CACHED_MAPPINGS] = state->found;
    state->next_cached++;
    return true;
}

#endif
