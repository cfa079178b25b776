/*
 * Steps a program instruction by instruction under ptrace(2) and keeps a shadow stack of its calls: an entry for each
 * `call` that has pushed its return address, gone when the stack pointer has passed it. What an unwinder finds in the
 * registers and the stack's memory can be held against it.
 *
 * usage: tracer exec|entry SKIP WINDOW PAUSE STEPS SIGNALS PROGRAM ARGUMENT...
 *
 * From the dynamic linker's first instruction (exec) or the program's own (entry), where nothing has been called yet.
 * After SKIP instructions WINDOW of them are told of, then PAUSE not, and so on, until STEPS were told or the program
 * has ended. With SIGNALS not 0 the program gets a SIGUSR1 every so many instructions. Written to standard output, in
 * host order: records that begin with a struct record.
 */
#define _GNU_SOURCE
#include <elf.h>
#include <errno.h>
#include <fcntl.h>
#include <sched.h>
#include <signal.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/personality.h>
#include <sys/ptrace.h>
#include <sys/syscall.h>
#include <sys/uio.h>
#include <sys/user.h>
#include <sys/wait.h>
#include <ucontext.h>
#include <unistd.h>

/* The programs stepped call no deeper. */
#define MAX_CALLS 4096

/* Bytes below the stack pointer that a leaf may use (System V ABI for x86-64, 3.2.2). */
#define RED_ZONE 128

/* A copy of the stack is cut here: frames further out cannot be judged. */
#define MAX_STACK_BYTES (512 << 10)

/* What the frame that a signal interrupted takes at most, below its return address. */
#define OUTER_FRAME_BYTES (16 << 10)

#define MAX_MAPS_BYTES (1 << 20)

/* The longest instruction (Intel SDM 2A, 2.3.11). */
#define MAX_CODE_BYTES 15

/* The registers that unwinding takes: up to ss, in the order of struct user_regs_struct. */
#define REGISTERS 21

enum { RECORD_STEP = 1, RECORD_MAPS = 2, RECORD_LANDING = 3 };

struct record {
    uint32_t kind;
    /* Callers that follow, innermost first, 8 bytes each. */
    uint32_t callers;
    /* Bytes that follow the callers: the stack's memory from `start` on, or the text of /proc/PID/maps. */
    uint64_t bytes;
    /* With the text: the stack pointer with which the program was started. With a landing: where it is. */
    uint64_t start;
    /* Behind those: the memory of the stack that a handler has left for its own, from `outer_start` on. */
    uint64_t outer_bytes;
    uint64_t outer_start;
    uint64_t registers[REGISTERS];
};

struct call {
    /* Where the return address lies. */
    uint64_t slot;
    /* Whether a `call` has put it there, that a return will take. */
    bool returns;
    /* As a sample has it: the return address; of interrupted code, the address behind its first byte. */
    uint64_t address;
};

static pid_t child;
static int maps_file;
static struct call calls[MAX_CALLS];
static uint32_t depth;
static bool maps_changed = true;
/* Whether calls have been left by a move of the stack pointer, not by a return. */
static bool left;
static char maps[MAX_MAPS_BYTES];
static size_t maps_bytes;
static uint8_t stack[MAX_STACK_BYTES];
static uint64_t start_stack;

static void fail(const char *what) {
    fprintf(stderr, "tracer: %s: %s\n", what, strerror(errno));
    if (child > 0)
        kill(child, SIGKILL);
    exit(1);
}

static size_t read_child(void *to, size_t bytes, uint64_t address) {
    struct iovec here = {to, bytes}, there = {(void *)address, bytes};
    ssize_t got = process_vm_readv(child, &here, 1, &there, 1, 0);

    return got < 0 ? 0 : (size_t)got;
}

static void put(const void *from, size_t bytes) {
    if (fwrite(from, 1, bytes, stdout) != bytes)
        fail("writing");
}

/* Memory of the child; zeroes where there is none. */
static void put_memory(uint64_t start, uint64_t bytes) {
    size_t got = read_child(stack, bytes, start);

    memset(stack + got, 0, bytes - got);
    put(stack, bytes);
}

static void read_maps(void) {
    ssize_t got;

    maps_bytes = 0;
    if (lseek(maps_file, 0, SEEK_SET))
        fail("/proc/PID/maps");
    while (maps_bytes < sizeof(maps) - 1 &&
           (got = read(maps_file, maps + maps_bytes, sizeof(maps) - 1 - maps_bytes)) > 0)
        maps_bytes += got;
    maps[maps_bytes] = 0;
}

/* The end of the memory area that has an address, or 0. */
static uint64_t area_end(uint64_t address) {
    for (char *line = maps; line && *line; line = strchr(line, '\n'), line += line != NULL) {
        char *dash;
        uint64_t start = strtoull(line, &dash, 16), end = strtoull(dash + 1, NULL, 16);

        if (address >= start && address < end)
            return end;
    }
    return 0;
}

static void tell_maps(void) {
    struct record record = {.kind = RECORD_MAPS, .start = start_stack};

    record.bytes = maps_bytes;
    put(&record, sizeof(record));
    put(maps, maps_bytes);
}

/* Bytes from an address to the end of its area, as far as they are copied. */
static uint64_t stack_bytes(uint64_t start) {
    uint64_t end = area_end(start + RED_ZONE);

    if (!end) { /* The stack has grown since. */
        read_maps();
        end = area_end(start + RED_ZONE);
    }
    if (!end)
        return 0;
    return end - start < MAX_STACK_BYTES ? end - start : MAX_STACK_BYTES;
}

/* The innermost frame outside of the stack that the stack pointer is in: 0 when all are inside. */
static uint64_t outer_slot(const struct record *record) {
    for (uint32_t i = depth; i-- > 0;) {
        if (calls[i].slot - record->start >= record->bytes)
            return calls[i].slot;
    }
    return 0;
}

/* The shadow stack; a return address that the program has overwritten is what a return would take. */
static void tell_callers(void) {
    for (uint32_t i = depth; i-- > 0;) {
        uint64_t word = calls[i].address;

        if (calls[i].returns)
            read_child(&word, sizeof(word), calls[i].slot);
        put(&word, sizeof(word));
    }
}

/* The program has jumped out of frames: to an exception's landing pad, or by longjmp. */
static void tell_landing(uint64_t address) {
    struct record record = {.kind = RECORD_LANDING, .callers = depth, .start = address};

    put(&record, sizeof(record));
    tell_callers();
}

static void tell_step(const struct user_regs_struct *registers) {
    struct record record = {.kind = RECORD_STEP, .callers = depth, .start = registers->rsp - RED_ZONE};
    uint64_t slot;

    record.bytes = stack_bytes(record.start);
    slot = outer_slot(&record);
    if (slot) {
        record.outer_start = slot - OUTER_FRAME_BYTES;
        record.outer_bytes = stack_bytes(record.outer_start);
    }
    memcpy(record.registers, registers, sizeof(record.registers));
    put(&record, sizeof(record));
    tell_callers();
    put_memory(record.start, record.bytes);
    put_memory(record.outer_start, record.outer_bytes);
}

static void push(uint64_t slot, uint64_t address, bool returns) {
    if (depth == MAX_CALLS) {
        errno = E2BIG;
        fail("shadow stack");
    }
    calls[depth++] = (struct call){slot, returns, address};
}

/* Whether the bytes are a near call (Intel SDM 2A: E8, FF /2), whatever prefixes it has. */
static bool is_call(const uint8_t *code) {
    int at = 0;

    while (at < MAX_CODE_BYTES - 2 &&
           (code[at] == 0x66 || code[at] == 0x67 || code[at] == 0x3e || code[at] == 0xf2 || (code[at] & 0xf0) == 0x40))
        at++;
    return code[at] == 0xe8 || (code[at] == 0xff && (code[at + 1] >> 3 & 7) == 2);
}

/* Whether the bytes are a jump to where a register says (FF /4), whatever prefixes it has. */
static bool is_register_jump(const uint8_t *code) {
    int at = 0;

    while (code[at] == 0x3e || code[at] == 0xf2 || (code[at] & 0xf0) == 0x40)
        at++;
    return code[at] == 0xff && (code[at + 1] & 0xf8) == 0xe0;
}

static bool changes_maps(const struct user_regs_struct *before) {
    switch (before->rax) {
    case SYS_mmap:
    case SYS_munmap:
    case SYS_mprotect:
    case SYS_mremap:
        return true;
    default:
        return false;
    }
}

/* The shadow stack after one instruction. */
static void follow(const struct user_regs_struct *before, const struct user_regs_struct *after) {
    uint8_t code[MAX_CODE_BYTES + 1] = {0};
    uint64_t word;

    read_child(code, MAX_CODE_BYTES, before->rip);
    while (depth && calls[depth - 1].slot < after->rsp) {
        left = left || calls[depth - 1].address != after->rip;
        depth--;
    }
    if (left && is_register_jump(code)) {
        tell_landing(after->rip);
        left = false;
    }
    if (code[0] == 0x0f && code[1] == 0x05 && changes_maps(before))
        maps_changed = true;
    if (after->rsp == before->rsp - sizeof(word) && is_call(code) &&
        read_child(&word, sizeof(word), after->rsp) == sizeof(word))
        push(after->rsp, word, true);
}

/* Whether the kernel has just put a signal's frame on the stack, that has these registers (struct rt_sigframe). */
static bool is_signal_frame(const struct user_regs_struct *before, const struct user_regs_struct *after) {
    uint64_t at = after->rsp + sizeof(uint64_t) + offsetof(ucontext_t, uc_mcontext.gregs[REG_RIP]), saved;

    return read_child(&saved, sizeof(saved), at) == sizeof(saved) && saved == before->rip;
}

/* The handler returns to a trampoline, that to what was interrupted. */
static void follow_signal(const struct user_regs_struct *before, const struct user_regs_struct *after) {
    uint64_t trampoline;

    if (read_child(&trampoline, sizeof(trampoline), after->rsp) != sizeof(trampoline))
        fail("reading a signal's frame");
    push(after->rsp + sizeof(trampoline), before->rip + 1, false);
    push(after->rsp, trampoline, false);
}

static void get(struct user_regs_struct *registers) {
    if (ptrace(PTRACE_GETREGS, child, NULL, registers))
        fail("PTRACE_GETREGS");
}

/* Lets the program go on; returns the signal that it stopped for, or -1 at its end. */
static int resume(int request, int signal) {
    int status;

    if (ptrace(request, child, NULL, (long)signal))
        fail("ptrace");
    if (waitpid(child, &status, 0) != child)
        fail("waitpid");
    return WIFSTOPPED(status) ? WSTOPSIG(status) : -1;
}

static uint64_t entry_point(void) {
    char name[64];
    Elf64_auxv_t entry;
    uint64_t found = 0;
    int file;

    snprintf(name, sizeof(name), "/proc/%d/auxv", child);
    file = open(name, O_RDONLY);
    while (file >= 0 && read(file, &entry, sizeof(entry)) == sizeof(entry)) {
        if (entry.a_type == AT_ENTRY)
            found = entry.a_un.a_val;
    }
    if (!found)
        fail(name);
    close(file);
    return found;
}

/* Runs to the program's first instruction. */
static void run_to_entry(void) {
    uint64_t entry = entry_point();
    struct user_regs_struct registers;
    long word = ptrace(PTRACE_PEEKTEXT, child, entry, NULL);

    if (ptrace(PTRACE_POKETEXT, child, entry, (word & ~0xffL) | 0xcc) || resume(PTRACE_CONT, 0) != SIGTRAP)
        fail("running to the entry point");
    get(&registers);
    registers.rip = entry;
    if (ptrace(PTRACE_POKETEXT, child, entry, word) || ptrace(PTRACE_SETREGS, child, NULL, &registers))
        fail("restoring the entry point");
}

static void start(char **command) {
    struct user_regs_struct registers;
    char name[64];
    int status, null;

    child = fork();
    if (child < 0)
        fail("fork");
    if (child == 0) {
        null = open("/dev/null", O_RDWR);
        dup2(null, 0);
        dup2(null, 1);
        /* The same addresses in each run. */
        personality(ADDR_NO_RANDOMIZE);
        signal(SIGUSR1, SIG_IGN); /* until the program handles it */
        if (ptrace(PTRACE_TRACEME, 0, NULL, NULL))
            _exit(126);
        execv(command[0], command);
        _exit(127);
    }
    if (waitpid(child, &status, 0) != child || !WIFSTOPPED(status)) {
        errno = WIFEXITED(status) && WEXITSTATUS(status) == 126 ? EPERM : ENOENT;
        fail(command[0]);
    }
    if (ptrace(PTRACE_SETOPTIONS, child, NULL, PTRACE_O_EXITKILL))
        fail("PTRACE_SETOPTIONS");
    snprintf(name, sizeof(name), "/proc/%d/maps", child);
    maps_file = open(name, O_RDONLY | O_CLOEXEC);
    if (maps_file < 0)
        fail(name);
    get(&registers);
    start_stack = registers.rsp;
}

/* One instruction on; false at the program's end. */
static bool step(struct user_regs_struct *registers, int *signal) {
    struct user_regs_struct before = *registers;
    int delivered = *signal, stop = resume(PTRACE_SINGLESTEP, delivered);

    *signal = 0;
    if (stop < 0)
        return false;
    get(registers);
    if (delivered && is_signal_frame(&before, registers))
        follow_signal(&before, registers);
    else if (registers->rip != before.rip || registers->rsp != before.rsp)
        follow(&before, registers);
    if (stop != SIGTRAP)
        *signal = stop;
    return true;
}

static void trace(long skip, long window, long pause, long steps, long signals) {
    struct user_regs_struct registers;
    int signal = 0;
    uint64_t last = 0;
    long in_turn = -skip, to_signal = signals;

    get(&registers);
    for (bool runs = true; runs && steps > 0; runs = step(&registers, &signal)) {
        /* A repeated string instruction stops once a turn: nothing new to judge. */
        if (registers.rip == last)
            continue;
        last = registers.rip;
        if (signals && --to_signal == 0) {
            to_signal = signals;
            if (!signal)
                signal = SIGUSR1;
        }
        if (in_turn >= 0 && in_turn < window) {
            if (maps_changed) {
                read_maps();
                tell_maps();
                maps_changed = false;
            }
            tell_step(&registers);
            steps--;
        }
        if (++in_turn == window + pause)
            in_turn = 0;
    }
}

int main(int count, char **arguments) {
    cpu_set_t cpu;

    if (count < 8) {
        fprintf(stderr, "usage: tracer exec|entry SKIP WINDOW PAUSE STEPS SIGNALS PROGRAM ARGUMENT...\n");
        return 2;
    }
    /* Both on one CPU: a stop is then a mere switch. */
    CPU_ZERO(&cpu);
    CPU_SET(sched_getcpu(), &cpu);
    sched_setaffinity(0, sizeof(cpu), &cpu);
    start(arguments + 7);
    if (strcmp(arguments[1], "entry") == 0)
        run_to_entry();
    trace(atol(arguments[2]), atol(arguments[3]), atol(arguments[4]), atol(arguments[5]), atol(arguments[6]));
    kill(child, SIGKILL);
    return fflush(stdout) ? 1 : 0;
}
