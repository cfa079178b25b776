/* Functions that end in jumps to one another, below ordinary calls. */
static volatile unsigned long sink;

typedef unsigned long step(unsigned long turns, unsigned long value);

static step first, second, third;
static step *volatile steps[] = {first, second, third};

static unsigned long first(unsigned long turns, unsigned long value) {
    return turns ? steps[1](turns - 1, value * 3 + 1) : value;
}

static unsigned long second(unsigned long turns, unsigned long value) {
    unsigned long room[8];

    for (int i = 0; i < 8; i++)
        room[i] = value >> i;
    for (int i = 0; i < 200; i++)
        sink += room[i & 7];
    return steps[2](turns, value ^ room[turns & 7]);
}

static unsigned long third(unsigned long turns, unsigned long value) {
    return steps[0](turns, value + 7);
}

__attribute__((noinline)) static unsigned long below(int depth) {
    if (depth)
        return below(depth - 1) * 2 + 1;
    return steps[0](1000, sink);
}

int main(void) {
    for (;;)
        sink += below(20);
}
