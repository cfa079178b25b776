/* Works in three functions, 50 : 30 : 20, until it is killed. Says first where they are: lines "name address". */
#include <stdio.h>

#define NOINLINE __attribute__((noinline, noclone))

static volatile unsigned long sink;

static inline __attribute__((always_inline)) void work(long rounds) {
    unsigned long x = sink;

    for (long i = 0; i < rounds * 20000; i++)
        x = x * 6364136223846793005UL + 1442695040888963407UL;
    sink = x;
}

NOINLINE void half(long turns) {
    work(5 * turns);
}

NOINLINE void third(long turns) {
    work(3 * turns);
}

NOINLINE void fifth(long turns) {
    work(2 * turns);
}

/* Turns of different lengths: were all the same, they could keep step with the sampling clock. */
NOINLINE void outer(void) {
    long turns = 1 + (sink >> 60);

    half(turns);
    third(turns);
    fifth(turns);
    sink++;
}

int main(void) {
    extern char etext;

    printf("half %p\nthird %p\nfifth %p\nouter %p\nmain %p\netext %p\n", half, third, fifth, outer, main, &etext);
    printf("ready 0\n");
    fflush(stdout);
    for (;;)
        outer();
}
