/* Asks the vDSO for the time, without end. */
#include <time.h>

int main(void) {
    struct timespec now;

    for (;;)
        clock_gettime(CLOCK_MONOTONIC, &now);
}
