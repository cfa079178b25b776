/* One function called by three others, 50, 30 and 20 parts of a hundred: only their callers tell the shares. */
static volatile unsigned long sink;

__attribute__((noinline)) void burn(long turns) {
    for (long i = 0; i < turns; i++)
        sink += (unsigned long)i;
}

#define CALLER(name, parts)                                                                                            \
    __attribute__((noinline)) void name(long turns) {                                                                  \
        burn((parts)*turns);                                                                                           \
        sink++;                                                                                                        \
    }                                                                                                                  \
    struct name##_end

CALLER(half, 5);
CALLER(third, 3);
CALLER(fifth, 2);

int main(void) {
    unsigned random = 1;

    for (;;) {
        long turns;

        /* Rounds of one length would beat with the sampler's clock. */
        random = random * 1664525 + 1013904223;
        turns = 50000 + (long)(random >> 16);
        half(turns);
        third(turns);
        fifth(turns);
    }
}
