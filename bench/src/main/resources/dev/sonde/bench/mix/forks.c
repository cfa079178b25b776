/* Forks 20 children a second, which compute for 20 to 50 ms each. */
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

static volatile unsigned long sink;

__attribute__((noinline)) static void burn(void) {
    for (int i = 0; i < 100000; i++)
        sink += i;
}

__attribute__((noinline)) static void live(long nanos) {
    struct timespec used;

    do {
        burn();
        clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &used);
    } while (used.tv_sec == 0 && used.tv_nsec < nanos);
}

int main(void) {
    struct timespec pause = {0, 50000000};

    for (unsigned child = 0;; child++) {
        if (fork() == 0) {
            live(20000000 + child % 4 * 10000000);
            _exit(0);
        }
        nanosleep(&pause, 0);
        while (waitpid(-1, 0, WNOHANG) > 0)
            ;
    }
}
