/* Loads the libraries of its arguments and tells how many could be, then waits to be ended. */
#include <dlfcn.h>
#include <stdio.h>
#include <unistd.h>

int main(int argc, char **argv) {
    int loaded = 0;

    for (int i = 1; i < argc; i++)
        loaded += dlopen(argv[i], RTLD_LAZY | RTLD_LOCAL) != 0;
    printf("%d\n", loaded);
    fflush(stdout);
    pause();
    return 0;
}
