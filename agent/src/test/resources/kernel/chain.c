/* Calls through the libraries that its arguments name, one into the next, twice over; the last call never returns. */
#include <dlfcn.h>
#include <stdio.h>

typedef int chained(void **next);

#ifdef LIBRARY
int chain(void **next) {
    chained *other = *next;

    while (!other)
        __asm__ volatile("");
    return other(next + 1) + 1;
}
#else
int main(int argc, char **argv) {
    void *functions[65] = {};
    int count = argc - 1;

    for (int i = 0; i < count && i < 32; i++) {
        void *library = dlopen(argv[i + 1], RTLD_NOW);

        functions[i] = functions[count + i] = library ? dlsym(library, "chain") : NULL;
        if (!functions[i]) {
            fprintf(stderr, "%s\n", dlerror());
            return 1;
        }
    }
    printf("ready 0\n");
    fflush(stdout);
    return ((chained *)functions[0])(functions + 1);
}
#endif
