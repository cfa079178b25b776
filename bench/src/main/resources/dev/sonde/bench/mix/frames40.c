/* Spins exactly 40 frames below _start, in user mode only: what one stack costs. */
static volatile unsigned long sink;

__attribute__((noinline)) static void spin(void) {
    for (;;)
        sink++;
}

__attribute__((noinline)) static void f0(void) {
    spin();
    sink++;
}

/* The declaration at its end takes the semicolon. */
#define FRAME(number, callee)                                                                                          \
    __attribute__((noinline)) static void f##number(void) {                                                            \
        f##callee();                                                                                                   \
        sink++;                                                                                                        \
    }                                                                                                                  \
    struct f##number
FRAME(1, 0);
FRAME(2, 1);
FRAME(3, 2);
FRAME(4, 3);
FRAME(5, 4);
FRAME(6, 5);
FRAME(7, 6);
FRAME(8, 7);
FRAME(9, 8);
FRAME(10, 9);
FRAME(11, 10);
FRAME(12, 11);
FRAME(13, 12);
FRAME(14, 13);
FRAME(15, 14);
FRAME(16, 15);
FRAME(17, 16);
FRAME(18, 17);
FRAME(19, 18);
FRAME(20, 19);
FRAME(21, 20);
FRAME(22, 21);
FRAME(23, 22);
FRAME(24, 23);
FRAME(25, 24);
FRAME(26, 25);
FRAME(27, 26);
FRAME(28, 27);
FRAME(29, 28);
FRAME(30, 29);
FRAME(31, 30);
FRAME(32, 31);
FRAME(33, 32);
FRAME(34, 33);

int main(void) {
    f34();
    return 0;
}
