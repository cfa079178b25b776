/* Lives for 20 ms of CPU time. */
#include <time.h>

static volatile unsigned long sink;

__attribute__((noinline)) static void burn(void) {
    for (int i = 0; i < 1000; i++)
        sink += i;
}

__attribute__((noinline)) static void outer(void) {
    struct timespec used;

    do {
        for (int i = 0; i < 100; i++)
            burn();
        clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &used);
    } while (used.tv_sec == 0 && used.tv_nsec < 20000000);
}

int main(void) {
    outer();
    return 0;
}
