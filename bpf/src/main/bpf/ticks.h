/*
 * The account of the clock's ticks: which came, which found the CPU idle, which did not come.
 *
 * A timer whose handler ends a period or more after it was due skips the periods that passed (perf_swevent_hrtimer()
 * calls hrtimer_forward_now() last), and no sample tells. On a virtual machine that is where stolen time goes. Its due
 * times stay on one grid, so the distance between two of them gives what was skipped. Idle ticks are counted here and
 * not left out by the event (exclude_idle), because otherwise a skipped tick and an idle one would look the same.
 */
#ifndef SONDE_TICKS_H
#define SONDE_TICKS_H

struct last_tick {
    /* The event: another one, after its CPU was offline, has another grid. Only compared. */
    struct perf_event *event;
    __u64 due_nanos;
    bool idle;
};

struct {
    __uint(type, BPF_MAP_TYPE_PERCPU_ARRAY);
    __uint(max_entries, 1);
    __type(key, __u32);
    __type(value, struct last_tick);
} last_ticks SEC(".maps");

/* Counts the ticks that were skipped between the last one and this one, which was due at `due_nanos`. */
static __always_inline void count_skipped(const struct last_tick *last, __u64 due_nanos, bool idle) {
    __u64 period = config.period_nanos;

    if (!period || due_nanos < last->due_nanos + 2 * period)
        return;
    /* Beside idle time it cannot be known: a CPU that sleeps deeply skips ticks of its own accord. */
    add(last->idle || idle ? SONDE_COUNTER_TICKS_IDLE : SONDE_COUNTER_TICKS_LATE,
        (due_nanos - last->due_nanos) / period - 1);
}

/* Counts this tick and what was skipped before it. Returns whether the CPU was idle. */
static __always_inline bool count_tick(struct sonde_tick *tick, const struct task_struct *task) {
    struct bpf_perf_event_data_kern *context = (void *)tick;
    struct last_tick *last;
    struct perf_event *event;
    __u64 due_nanos;
    bool idle = task->pid == 0;
    __u32 zero = 0;

    add(idle ? SONDE_COUNTER_TICKS_IDLE : SONDE_COUNTER_TICKS, 1);
    /* The event hangs on the kernel's side of the context, which before 6.2 only a probe read reaches. */
    last = bpf_map_lookup_elem(&last_ticks, &zero);
    if (!last || bpf_core_read(&event, sizeof(event), &context->event) ||
        bpf_core_read(&due_nanos, sizeof(due_nanos), &event->hw.hrtimer.node.expires)) {
        add(SONDE_COUNTER_DUE_UNREADABLE, 1);
        return idle;
    }
    if (last->event == event)
        count_skipped(last, due_nanos, idle);
    last->event = event;
    last->due_nanos = due_nanos;
    last->idle = idle;
    return idle;
}

#endif
