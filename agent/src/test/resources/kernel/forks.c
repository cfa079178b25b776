/*
 * Waits for a line, then forks children one after the other; each forks a child of its own, and both work for a while.
 * Says the pid of each: lines "child pid". Then works on until it is killed.
 */
#include <stdio.h>
#include <stdlib.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

static void work(double seconds) {
    struct timespec t;

    do
        clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &t);
    while (t.tv_sec + t.tv_nsec / 1e9 < seconds);
}

static void say(const char *what) {
    printf("%s %d\n", what, getpid());
    fflush(stdout);
}

int main(int argc, char **argv) {
    say("ready");
    if (getchar() == EOF)
        return 1;
    for (int i = 0; i < (argc > 1 ? atoi(argv[1]) : 1); i++) {
        pid_t child = fork();

        if (child == 0) {
            say("child");
            pid_t grandchild = fork();
            if (grandchild == 0)
                say("child");
            work(0.2);
            if (grandchild)
                wait(NULL);
            _exit(0);
        }
        waitpid(child, NULL, 0);
    }
    say("done");
    for (;;)
        work(1e9);
}
