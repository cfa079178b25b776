/*
 * Stops a running process and steps one of its threads, instruction by instruction, under ptrace(2), while all others
 * stand still. Commands come by standard input, answers go to standard output, both binary and in host order:
 *
 *   'a' uint32 pid, uint32 tid   stops the process, whose thread tid is to be stepped: a struct state
 *   's'                          one instruction on: a struct state
 *   'd'                          lets the process go on: a uint32, 0
 */
#define _GNU_SOURCE
#include <dirent.h>
#include <errno.h>
#include <signal.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ptrace.h>
#include <sys/uio.h>
#include <sys/user.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#define MAX_THREADS 1024

/* The longest instruction has 15 bytes (Intel SDM 2A, 2.3.11). */
#define CODE_BYTES 16

#define STACK_WORDS 4

/* A thread that is stepped into a system call may wait there for one that stands still. */
#define STEP_TIMEOUT_NANOS 200000000LL

/* struct user_regs_struct up to fs_base. */
#define REGISTERS 22

enum { STATE_STOPPED = 0, STATE_SIGNAL = 1, STATE_STUCK = 2, STATE_GONE = 3, STATE_REFUSED = 4 };

struct state {
    uint32_t status;
    uint32_t signal;
    uint64_t registers[REGISTERS];
    /* At the instruction pointer and at the stack pointer; zeroes where there is nothing. */
    uint8_t code[CODE_BYTES];
    uint64_t stack[STACK_WORDS];
};

struct thread {
    pid_t tid;
    int signal;
};

static struct thread threads[MAX_THREADS];
static int thread_count;
static pid_t process, stepped;

/* The system does not let processes be traced. */
static bool refused;

static void fail(const char *what) {
    fprintf(stderr, "stepper: %s: %s\n", what, strerror(errno));
    exit(1);
}

static bool is_known(pid_t tid) {
    for (int i = 0; i < thread_count; i++) {
        if (threads[i].tid == tid)
            return true;
    }
    return false;
}

/* Stops a thread; it may have ended meanwhile. */
static void stop_thread(pid_t tid) {
    int status;

    if (thread_count == MAX_THREADS)
        return;
    if (ptrace(PTRACE_SEIZE, tid, NULL, NULL)) {
        refused = refused || errno == EPERM;
        return;
    }
    if (ptrace(PTRACE_INTERRUPT, tid, NULL, NULL) || waitpid(tid, &status, __WALL) != tid || !WIFSTOPPED(status))
        return;
    threads[thread_count].tid = tid;
    /* A stop of ptrace's own is no signal to be handed on (ptrace(2), PTRACE_EVENT_STOP). */
    threads[thread_count].signal = status >> 16 ? 0 : WSTOPSIG(status);
    thread_count++;
}

/* Returns how many threads were not known before. */
static int stop_new_threads(void) {
    char name[64];
    int before = thread_count;
    struct dirent *entry;
    DIR *tasks;

    snprintf(name, sizeof(name), "/proc/%d/task", process);
    tasks = opendir(name);
    if (!tasks)
        return 0;
    while ((entry = readdir(tasks))) {
        pid_t tid = atoi(entry->d_name);

        if (tid > 0 && !is_known(tid))
            stop_thread(tid);
    }
    closedir(tasks);
    return thread_count - before;
}

static void detach(void) {
    for (int i = 0; i < thread_count; i++)
        ptrace(PTRACE_DETACH, threads[i].tid, NULL, (long)threads[i].signal);
    thread_count = 0;
}

static void read_memory(void *to, size_t bytes, uint64_t address) {
    struct iovec here = {to, bytes}, there = {(void *)address, bytes};

    if (process_vm_readv(process, &here, 1, &there, 1, 0) < 0)
        memset(to, 0, bytes);
}

static void tell(uint32_t status, uint32_t signal) {
    struct user_regs_struct registers;
    struct state state = {.status = status, .signal = signal};

    if (status <= STATE_STUCK) {
        if (ptrace(PTRACE_GETREGS, stepped, NULL, &registers)) {
            state.status = STATE_GONE;
        } else {
            memcpy(state.registers, &registers, sizeof(state.registers));
            read_memory(state.code, sizeof(state.code), registers.rip);
            read_memory(state.stack, sizeof(state.stack), registers.rsp);
        }
    }
    fwrite(&state, sizeof(state), 1, stdout);
}

static void attach(void) {
    uint32_t numbers[2];

    if (fread(numbers, sizeof(numbers), 1, stdin) != 1)
        fail("reading");
    process = numbers[0];
    stepped = numbers[1];
    while (stop_new_threads() > 0)
        ;
    tell(is_known(stepped) ? STATE_STOPPED : refused ? STATE_REFUSED : STATE_GONE, 0);
}

static int64_t now_nanos(void) {
    struct timespec now;

    clock_gettime(CLOCK_MONOTONIC, &now);
    return now.tv_sec * 1000000000LL + now.tv_nsec;
}

static void keep_signal(int signal) {
    for (int i = 0; i < thread_count; i++) {
        if (threads[i].tid == stepped)
            threads[i].signal = signal;
    }
}

static void step(void) {
    int64_t end = now_nanos() + STEP_TIMEOUT_NANOS;
    int status, turns = 0;
    pid_t stopped;

    if (ptrace(PTRACE_SINGLESTEP, stepped, NULL, NULL)) {
        tell(STATE_GONE, 0);
        return;
    }
    while (!(stopped = waitpid(stepped, &status, __WALL | WNOHANG))) {
        if (++turns > 1000)
            usleep(100);
        if (now_nanos() > end) {
            ptrace(PTRACE_INTERRUPT, stepped, NULL, NULL);
            stopped = waitpid(stepped, &status, __WALL);
            tell(stopped == stepped && WIFSTOPPED(status) ? STATE_STUCK : STATE_GONE, 0);
            return;
        }
    }
    if (stopped != stepped || !WIFSTOPPED(status)) {
        tell(STATE_GONE, 0);
    } else if (WSTOPSIG(status) != SIGTRAP) {
        keep_signal(WSTOPSIG(status));
        tell(STATE_SIGNAL, WSTOPSIG(status));
    } else {
        tell(STATE_STOPPED, 0);
    }
}

int main(void) {
    uint32_t zero = 0;
    int command;

    while ((command = getchar()) != EOF) {
        if (command == 'a') {
            attach();
        } else if (command == 's') {
            step();
        } else {
            detach();
            fwrite(&zero, sizeof(zero), 1, stdout);
        }
        if (fflush(stdout))
            fail("writing");
    }
    return 0;
}
