/* Spins with a stack of the shape that its argument names, until it is killed. Built with frame pointers. */
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

#define SPIN_WITH_RBP(value) __asm__ volatile("mov %0, %%rbp\n1: jmp 1b" ::"r"(value) : "memory")

static void deep(int n) {
    if (n > 0)
        deep(n - 1);
    for (;;)
        __asm__ volatile("");
}

/* What handlers return to as musl has it: no rule, no frame. Away from code that has rules. */
void bare_restorer(void);
__asm__(".pushsection bare, \"ax\"\n.skip 64\nbare_restorer: mov $15, %rax\nsyscall\n.skip 64\n.popsection");

static void handler(int signal) {
    deep(signal % 2 + 2);
}

static void interrupt(void) {
    /* struct kernel_sigaction; SA_RESTORER */
    struct {
        void (*handler)(int);
        unsigned long flags;
        void (*restorer)(void);
        unsigned long mask;
    } action = {handler, 0x04000000, bare_restorer, 0};

    syscall(SYS_rt_sigaction, SIGUSR1, &action, NULL, sizeof(action.mask));
    kill(getpid(), SIGUSR1);
}

__attribute__((noinline)) static void broken(const char *shape, char **argv) {
    /* Away from the beginning of the stack: a chain that breaks there has reached main. */
    unsigned long stack[1024] = {0};
    unsigned long *record = stack + 100;
    unsigned long here;

    __asm__ volatile("lea (%%rsp), %0" : "=r"(here));
    if (!strcmp(shape, "deep"))
        deep(atoi(argv[2]));
    if (!strcmp(shape, "interrupted"))
        interrupt();
    if (!strncmp(shape, "forked", strlen("forked"))) {
        if (fork() == 0) {
            prctl(PR_SET_PDEATHSIG, SIGKILL);
            deep(atoi(argv[2]));
        }
        wait(NULL);
    }
    if (!strcmp(shape, "zero"))
        SPIN_WITH_RBP(0ul);
    if (!strcmp(shape, "misaligned"))
        SPIN_WITH_RBP(here + 3);
    if (!strcmp(shape, "below"))
        SPIN_WITH_RBP(here - 4096);
    if (!strcmp(shape, "loop")) {
        record[0] = (unsigned long)record;
        record[1] = (unsigned long)__builtin_return_address(0);
        SPIN_WITH_RBP(record);
    }
    if (!strcmp(shape, "no-call")) {
        /* A plausible record, but its return address is the start of a function. */
        record[0] = (unsigned long)(record + 2);
        record[1] = (unsigned long)broken;
        SPIN_WITH_RBP(record);
    }
    if (!strcmp(shape, "data-address")) {
        /* Bytes as a call has them, but no code. */
        static unsigned char data[16] = {0xe8};

        record[0] = (unsigned long)(record + 2);
        record[1] = (unsigned long)(data + 5);
        SPIN_WITH_RBP(record);
    }
    if (!strcmp(shape, "kernel-address")) {
        record[0] = (unsigned long)(record + 2);
        record[1] = 0xffffffff81000000;
        SPIN_WITH_RBP(record);
    }
    /* Above the stack of the first thread nothing is mapped for a while. */
    if (!strcmp(shape, "unmapped"))
        SPIN_WITH_RBP(((unsigned long)argv & ~4095ul) + (4 << 20));
}

/* Code of which a child that forks elsewhere has no page: with a fault come only those nearby, 64 KiB or a folio. */
__asm__(".pushsection afar, \"ax\"\n.skip 1 << 20\n.popsection");
__attribute__((noinline, section("afar"))) static void from_afar(const char *shape, char **argv) {
    broken(shape, argv);
    __asm__ volatile("");
}
__asm__(".pushsection afar, \"ax\"\n.skip 1 << 20\n.popsection");

int main(int argc, char **argv) {
    printf("ready 0\n");
    fflush(stdout);
    if (argc > 1 && !strcmp(argv[1], "forked-afar"))
        from_afar(argv[1], argv);
    else if (argc > 1)
        broken(argv[1], argv);
    return 1;
}
