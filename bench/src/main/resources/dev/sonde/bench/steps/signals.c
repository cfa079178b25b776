/* Signals between any two instructions, sent by the tracer; handled on the stack, then on one of the handler's own. */
#define _GNU_SOURCE
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* Enough for a handler that formats. */
static char other_stack[64 << 10];

static volatile int handled;

static void on_user(int signal) {
    char text[32];

    snprintf(text, sizeof(text), "%d", signal);
    handled++;
}

static int compare(const void *left, const void *right) {
    return strcmp(left, right);
}

static void work(unsigned round) {
    char words[8][24];

    for (unsigned i = 0; i < 8; i++)
        snprintf(words[i], sizeof(words[i]), "%u", (round + i) * 2654435761u);
    qsort(words, 8, sizeof(words[0]), compare);
    free(strdup(words[round % 8]));
}

int main(void) {
    stack_t stack = {.ss_sp = other_stack, .ss_size = sizeof(other_stack)};
    struct sigaction user = {.sa_handler = on_user};

    sigaltstack(&stack, NULL);
    for (unsigned round = 0; round < 1000; round++) {
        if (round % 2 == 0) {
            user.sa_flags ^= SA_ONSTACK;
            sigaction(SIGUSR1, &user, NULL);
        }
        work(round);
    }
    return handled == 0;
}
