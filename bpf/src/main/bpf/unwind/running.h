/* The files that the running processes have code of, so that their tables stand before sampling begins. */
#ifndef SONDE_UNWIND_RUNNING_H
#define SONDE_UNWIND_RUNNING_H

/* Writes a sonde_table_request for each executable mapping of each process. */
SEC("iter/task_vma")
int list_code(struct bpf_iter__task_vma *context) {
    struct seq_file *out = context->meta->seq;
    struct vm_area_struct *vma = context->vma;
    struct task_struct *task = context->task;
    struct sonde_table_request request = {};

    if (!task || !vma || task->pid != task->tgid)
        return 0;
    if (!(vma->vm_flags & VM_EXEC))
        return 0;
    request.pid = task->tgid;
    request.start = vma->vm_start;
    request.end = vma->vm_end;
    if (vma->vm_file)
        read_file_key((__u64)vma->vm_file, &request.key);
    else if (vma->vm_mm && vma->vm_start == (__u64)vma->vm_mm->context.vdso)
        request.key.mtime_nanos = SONDE_VDSO_MTIME;
    else
        return 0;
    bpf_seq_write(out, &request, sizeof(request));
    return 0;
}

#endif
