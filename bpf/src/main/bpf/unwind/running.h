/*
 * The code that running processes have mapped: of all of them, so that its tables stand before sampling begins, and of
 * one, whose stack is to be finished outside of the kernel.
 */
#ifndef SONDE_UNWIND_RUNNING_H
#define SONDE_UNWIND_RUNNING_H

/*
 * Writes a sonde_table_request for each executable mapping, ascending, of each process that it is run for: by its first
 * thread, which has all that the others have; where that has ended and given up its memory, by each thread that is
 * left.
 */
SEC("iter/task_vma")
int list_code(struct bpf_iter__task_vma *context) {
    struct seq_file *out = context->meta->seq;
    struct vm_area_struct *vma = context->vma;
    struct task_struct *task = context->task;
    struct sonde_table_request request = {};

    if (!task || !vma || (task->pid != task->tgid && task->group_leader->mm))
        return 0;
    if (!(vma->vm_flags & VM_EXEC))
        return 0;
    request.pid = task->tgid;
    request.start = vma->vm_start;
    request.end = vma->vm_end;
    request.file_offset = vma->vm_pgoff << PAGE_SHIFT;
    request.process_start_nanos = task->group_leader->start_boottime;
    if (vma->vm_mm)
        request.stack_top = vma->vm_mm->start_stack;
    if (vma->vm_file)
        read_file_key((__u64)vma->vm_file, &request.key);
    else if (vma->vm_mm && vma->vm_start == (__u64)vma->vm_mm->context.vdso)
        request.key.mtime_nanos = SONDE_VDSO_MTIME;
    bpf_seq_write(out, &request, sizeof(request));
    return 0;
}

#endif
