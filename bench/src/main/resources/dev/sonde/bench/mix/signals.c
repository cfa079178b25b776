/* Spends half its time in a signal's handler. */
#include <signal.h>
#include <sys/time.h>

static volatile unsigned long sink;

__attribute__((noinline)) static void spin(unsigned long turns) {
    for (unsigned long i = 0; i < turns; i++)
        sink += i;
}

static void handler(int signal) {
    (void)signal;
    spin(2000000);
}

int main(void) {
    struct sigaction action = {.sa_handler = handler};
    struct itimerval every = {{0, 10000}, {0, 10000}};

    sigaction(SIGALRM, &action, 0);
    setitimer(ITIMER_REAL, &every, 0);
    for (;;)
        spin(1000);
}
