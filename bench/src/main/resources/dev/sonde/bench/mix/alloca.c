/* Frames of changing size. */
#include <alloca.h>
#include <string.h>

static volatile unsigned long sink;

__attribute__((noinline)) static int frame(int bytes, int depth) {
    char *room = alloca(bytes);

    memset(room, depth, bytes);
    if (depth)
        return frame(bytes * 7 % 1000 + 8, depth - 1) + room[3];
    for (int i = 0; i < 100000; i++)
        sink += i;
    return room[0];
}

int main(void) {
    for (;;)
        sink += frame(100, 20);
}
