/* Starts a process a number of times a second, for a number of seconds; each runs this program anew for 5 ms. */
#include <stdio.h>
#include <stdlib.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

static volatile unsigned long sink;

static double now(clockid_t clock) {
    struct timespec time;

    clock_gettime(clock, &time);
    return (double)time.tv_sec + (double)time.tv_nsec / 1e9;
}

static int live(void) {
    while (now(CLOCK_PROCESS_CPUTIME_ID) < 0.005)
        for (int i = 0; i < 1000; i++)
            sink += (unsigned long)i;
    return 0;
}

int main(int argc, char **argv) {
    double rate, start;
    long born = 0;

    if (argc < 3)
        return live();
    rate = atof(argv[1]);
    start = now(CLOCK_MONOTONIC);
    for (double passed = 0; passed < atof(argv[2]); passed = now(CLOCK_MONOTONIC) - start) {
        for (; born < passed * rate; born++) {
            if (fork() == 0) {
                execl(argv[0], argv[0], (char *)0);
                _exit(127);
            }
        }
        usleep(2000);
        while (waitpid(-1, 0, WNOHANG) > 0)
            ;
    }
    while (wait(0) > 0)
        ;
    printf("%ld\n", born);
    return 0;
}
