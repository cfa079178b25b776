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

NOINLINE void half(void) {
    work(5);
}

NOINLINE void third(void) {
    work(3);
}

NOINLINE void fifth(void) {
    work(2);
}

NOINLINE void outer(void) {
    half();
    third();
    fifth();
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
