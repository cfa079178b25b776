/* Recursion 300 deep. */
static volatile unsigned long sink;

__attribute__((noinline)) static unsigned long down(int depth) {
    if (depth == 0) {
        for (int i = 0; i < 1000000; i++)
            sink += i;
        return sink;
    }
    return down(depth - 1) + sink;
}

int main(void) {
    for (;;)
        sink += down(300);
}
