/*
 * The processes to sample where not all are: kept by user space, followed here from fork to death, so that a child is
 * a target from its first instruction.
 */
#ifndef SONDE_TARGETS_H
#define SONDE_TARGETS_H

/* User space sets the size before loading: one entry where nothing is filtered. */
struct {
    __uint(type, BPF_MAP_TYPE_HASH);
    __uint(max_entries, 1);
    __type(key, __u32);
    __type(value, struct sonde_target);
} targets SEC(".maps");

static __always_inline bool is_target(__u32 pid) {
    struct sonde_target *target = bpf_map_lookup_elem(&targets, &pid);

    return target && target->follow & SONDE_FOLLOW_SELF;
}

SEC("tp_btf/sched_process_fork")
int BPF_PROG(follow_fork, struct task_struct *parent, struct task_struct *child) {
    struct sonde_target followed = {.follow = SONDE_FOLLOW_SELF | SONDE_FOLLOW_CHILDREN};
    __u32 parent_pid = parent->tgid;
    __u32 child_pid = child->tgid;
    struct sonde_target *target;

    if (parent_pid == child_pid) /* a thread */
        return 0;
    target = bpf_map_lookup_elem(&targets, &parent_pid);
    if (!target || !(target->follow & SONDE_FOLLOW_CHILDREN))
        return 0;
    if (bpf_map_update_elem(&targets, &child_pid, &followed, BPF_ANY))
        add(SONDE_COUNTER_TARGETS_FULL, 1);
    return 0;
}

/* Not at exit: the process works on while it gives up its memory. */
SEC("tp_btf/sched_process_free")
int BPF_PROG(forget_freed, struct task_struct *task) {
    __u32 pid = task->tgid;

    if (task->pid == task->tgid)
        bpf_map_delete_elem(&targets, &pid);
    return 0;
}

#endif
