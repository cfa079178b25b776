/*
 * Maps the files of its arguments as code and tells how many could be, then waits to be ended. Loading them would run
 * what they do first of all, and some end the program then.
 */
#include <fcntl.h>
#include <stdio.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>

int main(int argc, char **argv) {
    int mapped = 0;

    for (int i = 1; i < argc; i++) {
        int file = open(argv[i], O_RDONLY);
        struct stat found;

        if (file >= 0 && fstat(file, &found) == 0)
            mapped += mmap(0, found.st_size, PROT_READ | PROT_EXEC, MAP_PRIVATE, file, 0) != MAP_FAILED;
        close(file);
    }
    printf("%d\n", mapped);
    fflush(stdout);
    pause();
    return 0;
}
