/*
 * Calls itself to a depth, with so many bytes in each frame, then keeps the CPU busy for a number of milliseconds of its
 * own CPU time. Built without frame pointers; as a program, or as a library that loader.c runs.
 */
#include <alloca.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

static long cpu_millis(void) {
    struct timespec time;

    clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &time);
    return time.tv_sec * 1000 + time.tv_nsec / 1000000;
}

__attribute__((noinline)) static unsigned long work(unsigned long value) {
    for (int i = 0; i < 100000; i++)
        value = value * 6364136223846793005ul + 1442695040888963407ul;
    return value;
}

__attribute__((noinline)) static unsigned long descend(int depth, size_t bytes, long millis) {
    volatile char *frame = alloca(bytes);
    unsigned long value = depth;

    memset((char *)frame, depth, bytes);
    if (depth > 0)
        return descend(depth - 1, bytes, millis) + frame[bytes / 2];
    while (cpu_millis() < millis)
        value = work(value);
    return value;
}

__attribute__((noinline)) int run(int argc, char **argv) {
    return argc < 4 || descend(atoi(argv[1]), strtoul(argv[2], NULL, 10), atol(argv[3])) == 1;
}

#ifndef LIBRARY
int main(int argc, char **argv) {
    return run(argc, argv);
}
#endif
