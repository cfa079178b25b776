/* Its first thread ends; a second one works on in a function three calls deep, until it is killed. */
#include <pthread.h>
#include <stdio.h>

static void spin(void) {
    for (;;)
        __asm__ volatile("");
}

static void work(void) {
    spin();
    __asm__ volatile("");
}

static void *run(void *first) {
    pthread_join(*(pthread_t *)first, NULL);
    printf("ready 0\n");
    fflush(stdout);
    work();
    return NULL;
}

int main(void) {
    static pthread_t first;
    pthread_t second;

    first = pthread_self();
    if (pthread_create(&second, NULL, run, &first))
        return 1;
    pthread_exit(NULL);
}
