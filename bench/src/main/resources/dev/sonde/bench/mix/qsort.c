/* Is called back by the C library. */
#include <stdlib.h>

static volatile unsigned long sink;

__attribute__((noinline)) static unsigned long work(void) {
    unsigned long x = sink;

    for (int i = 0; i < 2000; i++)
        x = x * 6364136223846793005UL + 1442695040888963407UL;
    return x;
}

static int compare(const void *a, const void *b) {
    sink += work();
    return *(const int *)a - *(const int *)b;
}

int main(void) {
    int numbers[64];

    for (;;) {
        for (int i = 0; i < 64; i++)
            numbers[i] = rand();
        qsort(numbers, 64, sizeof(int), compare);
    }
}
