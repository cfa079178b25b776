/* A 32-bit program without any library: spins until it is killed. */
void _start(void) {
    for (;;)
        __asm__ volatile("");
}
