/* Loads a library after a pause, in which all that is mapped so far becomes known, and runs it with its arguments. */
#include <dlfcn.h>
#include <stdio.h>
#include <unistd.h>

int main(int argc, char **argv) {
    int (*run)(int, char **);
    void *library;

    usleep(200000);
    library = argc > 1 ? dlopen(argv[1], RTLD_NOW) : NULL;
    run = library ? (int (*)(int, char **))dlsym(library, "run") : NULL;
    if (!run) {
        fprintf(stderr, "%s\n", dlerror());
        return 1;
    }
    return run(argc - 1, argv + 1);
}
