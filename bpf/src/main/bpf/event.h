/*
 * The numbers that the sampler and user space agree on: outcomes, counters, flags, limits, configuration.
 * dev.sonde.agent.kernel has the same numbers; SharedNumbersTest compares the two through this object's BTF.
 */
#ifndef SONDE_EVENT_H
#define SONDE_EVENT_H

/* Kernel frames of one sample: bpf_get_stack() gives no more, it is the default of kernel.perf_event_max_stack. All
 * bits set. */
#define SONDE_MAX_KERNEL_FRAMES 127

/* User frames of one sample. */
#define SONDE_MAX_USER_FRAMES 1024

/* Words that they take: 16 KiB when all are Java's. */
#define SONDE_MAX_USER_WORDS (2 * SONDE_MAX_USER_FRAMES)

/* Bytes of a stack that user space is to unwind: a page for each of its first pages, the first one in part. */
#define SONDE_MAX_STACK_BYTES 32768

/* A process younger than this may end before user space has read its mappings, so its samples bring them. */
#define SONDE_YOUNG_NANOS 5000000000ULL

/* Bytes of a task's name with its NUL (TASK_COMM_LEN, include/linux/sched.h). */
#define SONDE_COMM_BYTES 16

/* Bytes of a virtual thread's name; longer ones are cut. */
#define SONDE_NAME_BYTES 64

/* How a stack ended. Zero is the only value that means "reached its root". */
enum sonde_outcome {
    SONDE_OUTCOME_COMPLETE = 0,
    /* Code that no table covers, and its frame pointer register points nowhere plausible. */
    SONDE_OUTCOME_NO_FRAME_POINTER = 1,
    /* A caller's frame would not lie above its callee's, or not in the stack. */
    SONDE_OUTCOME_BROKEN_CHAIN = 2,
    /* The word where the return address should be does not follow a call instruction. */
    SONDE_OUTCOME_NO_CALL = 3,
    /* A page of the stack or of the code is not readable in interrupt context. */
    SONDE_OUTCOME_UNREADABLE = 4,
    /* More than SONDE_MAX_USER_FRAMES. */
    SONDE_OUTCOME_DEPTH_LIMIT = 5,
    /* The registers at the kernel's entry could not be read. */
    SONDE_OUTCOME_NO_REGISTERS = 6,
    /* A 32-bit program: another register set and another frame layout. */
    SONDE_OUTCOME_COMPAT_32BIT = 7,
    /* The process is exiting and has given up its memory: nothing is left to walk. */
    SONDE_OUTCOME_EXITING = 8,
    /* SONDE_MAX_KERNEL_FRAMES kernel frames and no end: the user stack would hang on the wrong frame, so it is left. */
    SONDE_OUTCOME_KERNEL_DEPTH_LIMIT = 9,
    /* The kernel gave no stack for its own side: only its leaf address is here. */
    SONDE_OUTCOME_KERNEL_UNWIND = 10,
    /* The address is no code: a wrong return address, or memory that was unmapped. */
    SONDE_OUTCOME_NOT_MAPPED = 11,
    /* The file's unwind table is not there yet. */
    SONDE_OUTCOME_TABLE_PENDING = 12,
    /* The file's rule for the place is of a form that is not understood. */
    SONDE_OUTCOME_RULE_UNSUPPORTED = 13,
    /* The rule needs a register whose value in this frame is not known. */
    SONDE_OUTCOME_REGISTER_LOST = 14,
    /* A runtime changed stacks here (Go's systemstack, mcall, morestack); where it came from is not followed. */
    SONDE_OUTCOME_STACK_SWITCH = 15,
    /* The word where the return address should be is zero, and no rule says that the stack ends there. */
    SONDE_OUTCOME_ZERO_ADDRESS = 16,
    /* User space was to finish the stack, and the copy of it ends before its root. */
    SONDE_OUTCOME_STACK_CUT = 17,
    /* Inside execve(2): the old program's memory is gone, the new one has not begun. There is no user stack. */
    SONDE_OUTCOME_EXECUTING = 18,
    /* An address in a JVM's code cache where no code is, or none any more. */
    SONDE_OUTCOME_JVM_UNKNOWN_CODE = 19,
    /* Code of a JVM's own, no method's, whose rule at this place is not known. */
    SONDE_OUTCOME_JVM_STUB = 20,
    /* The word where a Java frame's return address should be is no address that a Java frame returns to. */
    SONDE_OUTCOME_JVM_NO_CALL = 21,
    /* What should be an interpreter's frame names no method. */
    SONDE_OUTCOME_JVM_NO_METHOD = 22,
    /* The frames that a virtual thread left on the heap could not be found. */
    SONDE_OUTCOME_JVM_CHUNK = 23,
    /* The same, because ZGC has not told where they are: it is moving them, or the stack tells of another time. */
    SONDE_OUTCOME_ZGC_CHUNK = 24,
    SONDE_OUTCOMES = 25,
};

/* Inside the unwinder: no end yet. */
#define SONDE_OUTCOME_CONTINUES 255

/* Keys of the map `counters`. */
enum sonde_counter {
    /* Ticks that found a thread running. */
    SONDE_COUNTER_TICKS = 0,
    /* Ticks that found the CPU idle, and skipped ones next to them. */
    SONDE_COUNTER_TICKS_IDLE = 1,
    /* Ticks that were skipped, because the one before was handled a period or more too late. */
    SONDE_COUNTER_TICKS_LATE = 2,
    /* Ticks in processes that are no target. */
    SONDE_COUNTER_TICKS_FILTERED = 3,
    /* Samples written to the ring buffer. */
    SONDE_COUNTER_SAMPLES = 4,
    /* Samples lost: no room in the ring buffer. */
    SONDE_COUNTER_LOST_RING_FULL = 5,
    /* Samples lost: no scratch memory, or a size that does not fit it. Must stay zero. */
    SONDE_COUNTER_LOST_INTERNAL = 6,
    /* Samples delivered without user registers, because reading them failed. */
    SONDE_COUNTER_REGISTERS_UNREADABLE = 7,
    /* Forked children of a target that did not fit the map `targets`. */
    SONDE_COUNTER_TARGETS_FULL = 8,
    /* Ticks whose due time could not be read: skipped ones before them are not counted. */
    SONDE_COUNTER_DUE_UNREADABLE = 9,
    /* Words to user space about a file without a table that did not fit their ring buffer. */
    SONDE_COUNTER_TABLE_REQUESTS_LOST = 10,
    /* Frames whose caller was found by a frame pointer, for want of a table. */
    SONDE_COUNTER_FRAMES_BY_POINTER = 11,
    /* Samples written with a copy of their stack. They are among SONDE_COUNTER_SAMPLES. */
    SONDE_COUNTER_STACK_COPIES = 12,
    /* Samples written without one, though a table was missing: as many a second as the CPU may make. */
    SONDE_COUNTER_STACK_COPIES_LIMITED = 13,
    /* The same: no room in the ring buffer of copies. */
    SONDE_COUNTER_STACK_COPIES_RING_FULL = 14,
    /* The same: another CPU was making one in this one's place. */
    SONDE_COUNTER_STACK_COPIES_BUSY = 15,
    /* The same: the first page of the stack is not in memory. */
    SONDE_COUNTER_STACK_COPIES_UNREADABLE = 16,
    SONDE_COUNTERS = 17,
};

/*
 * What a user frame's first word is: its highest byte, which is zero in user addresses. A frame that is no address has
 * a second word.
 */
enum sonde_frame {
    /* Where the frame's code stands, or for a caller what its call returns to. */
    SONDE_FRAME_ADDRESS = 0,
    /* Java code in the interpreter: its Method *; then its bytecode pointer, 0 in a native method's frame. */
    SONDE_FRAME_INTERPRETED = 1,
    /*
     * Java code that was compiled: the address, as of any frame; then its Method * << 16, and the low 16 bits of its
     * compile id. A deoptimised frame has the address that it would have returned to.
     */
    SONDE_FRAME_COMPILED = 2,
};

#define SONDE_FRAME_SHIFT 56

/* Bits of sonde_sample.flags. */
enum sonde_flag {
    /* The tick hit the kernel; otherwise it hit user code. */
    SONDE_FLAG_IN_KERNEL = 1,
    SONDE_FLAG_KERNEL_THREAD = 2,
    /* sonde_sample.registers holds the user registers. */
    SONDE_FLAG_REGISTERS = 4,
    /* The process is a JVM whose Java threads stood still for it when the tick came. */
    SONDE_FLAG_SAFEPOINT = 8,
    /* sonde_sample.virtual_name is UTF-16LE; otherwise ISO 8859-1. */
    SONDE_FLAG_NAME_UTF16 = 16,
    /* The stack goes through code of no file in a young process, which may be a JVM that user space is to know yet. */
    SONDE_FLAG_MAY_BE_JVM = 32,
};

/* Bits of sonde_target.follow. */
enum sonde_follow {
    SONDE_FOLLOW_SELF = 1,
    /* Children, from their fork on, are targets with SELF and CHILDREN. */
    SONDE_FOLLOW_CHILDREN = 2,
};

/* Value of the map `targets`, whose key is the process id (tgid). */
struct sonde_target {
    __u32 follow;
};

_Static_assert(sizeof(struct sonde_target) == 4, "user space writes 4 bytes");

/* The configuration: set by user space between opening and loading the object. */
struct sonde_config {
    __u64 period_nanos;
    /* Not zero: only the processes of the map `targets`. */
    __u32 filter_by_pid;
    /* The lower of SONDE_MAX_KERNEL_FRAMES and kernel.perf_event_max_stack: a stack of this depth is cut. */
    __u32 max_kernel_frames;
    /* How many copies of stacks each CPU makes in a second. */
    __u32 stack_copies_per_second;
    __u32 reserved;
};

_Static_assert(sizeof(struct sonde_config) == 24, "user space writes 24 bytes");
_Static_assert(__builtin_offsetof(struct sonde_config, filter_by_pid) == 8, "user space writes at 8");
_Static_assert(__builtin_offsetof(struct sonde_config, max_kernel_frames) == 12, "user space writes at 12");
_Static_assert(__builtin_offsetof(struct sonde_config, stack_copies_per_second) == 16, "user space writes at 16");

#endif
