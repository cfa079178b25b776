/* Programs that are started and have no table yet: user space is told before their first sample. */
#ifndef SONDE_UNWIND_STARTED_H
#define SONDE_UNWIND_STARTED_H

/* A request without addresses: its process has just begun to map what it needs. */
SEC("tp_btf/sched_process_exec")
int meet_program(__u64 *context) {
    struct task_struct *task = (void *)context[0];
    struct linux_binprm *program = (void *)context[2];
    struct sonde_table_request request = {};

    if (config.filter_by_pid && !is_target(task->tgid))
        return 0;
    read_file_key((__u64)program->file, &request.key);
    if (bpf_map_lookup_elem(&unwind_files, &request.key))
        return 0;
    request.pid = task->tgid;
    request.process_start_nanos = task->group_leader->start_boottime;
    send_request(&request);
    return 0;
}

#endif
