/* Keeps the CPU that its argument names busy until it is killed. */
#define _GNU_SOURCE
#include <sched.h>
#include <stdio.h>
#include <stdlib.h>

int main(int argc, char **argv) {
    cpu_set_t cpus;

    CPU_ZERO(&cpus);
    CPU_SET(argc > 1 ? atoi(argv[1]) : 0, &cpus);
    if (sched_setaffinity(0, sizeof(cpus), &cpus)) {
        perror("sched_setaffinity");
        return 1;
    }
    printf("ready 0\n");
    fflush(stdout);
    for (;;)
        __asm__ volatile("");
}
