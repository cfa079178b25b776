/*
 * The way down one user stack: the only thing the sampler knows of unwinding. Each step looks at where the program
 * counter stands and hands the frame to the unwinder that knows its code. There is one so far, frame pointers;
 * tables of the file (.eh_frame) and the JVM's frames join here.
 */
#ifndef SONDE_UNWIND_DISPATCH_H
#define SONDE_UNWIND_DISPATCH_H

#include "framepointer.h"

/*
 * Writes the addresses of the user stack, leaf first, to `addresses` (room for SONDE_MAX_USER_FRAMES) and their
 * number to *depth. `mm` is the process's memory. Returns how the walk ended.
 */
static __always_inline enum sonde_outcome unwind_user(struct mm_struct *mm, const struct sonde_registers *registers,
                                                      __u64 *addresses, __u16 *depth) {
    struct user_frame leaf = {.pc = registers->ip, .sp = registers->sp, .fp = registers->bp};
    struct user_space space = {.stack_start = mm->start_stack};

    return walk_frame_pointers(&space, &leaf, addresses, depth);
}

#endif
