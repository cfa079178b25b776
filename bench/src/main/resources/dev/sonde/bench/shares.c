/* Spends 50, 30 and 20 % of its CPU time in half(), third() and fifth(), for the seconds given. */
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <time.h>

static volatile uint64_t sink;

static int64_t cpu_nanos(void) {
    struct timespec now;
    clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &now);
    return now.tv_sec * 1000000000LL + now.tv_nsec;
}

/* Spins until the process has used this much CPU time. Each caller has its own copy of the loop, so that the leaf is
 * the function that is meant; the clock is asked so seldom that it does not show. */
#define SPIN_UNTIL(nanos)                                                                                              \
    while (cpu_nanos() < (nanos)) {                                                                                    \
        for (int i = 0; i < 200000; i++) {                                                                             \
            sink += i;                                                                                                 \
        }                                                                                                              \
    }

void half(int64_t until) {
    SPIN_UNTIL(until)
}

void third(int64_t until) {
    SPIN_UNTIL(until)
}

void fifth(int64_t until) {
    SPIN_UNTIL(until)
}

void work(int64_t slice) {
    int64_t now = cpu_nanos();
    half(now + slice * 5);
    third(now + slice * 8);
    fifth(now + slice * 10);
}

int main(int argc, char **argv) {
    int64_t end = (argc > 1 ? atoll(argv[1]) : 10) * 1000000000LL;
    /* A slice of 7 ms is no divisor of any sampling period in use. */
    while (cpu_nanos() < end) {
        work(7000000);
    }
    return 0;
}
