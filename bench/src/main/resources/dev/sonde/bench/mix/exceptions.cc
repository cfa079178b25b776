// Throws through ten frames with destructors, without end.
#include <stdexcept>
#include <string>

static volatile unsigned long sink;

__attribute__((noinline)) static void thrower(int depth) {
    if (depth == 0)
        throw std::runtime_error("thrown");
    std::string local(depth, 'a');
    thrower(depth - 1);
    sink += local.size();
}

int main() {
    for (;;) {
        try {
            thrower(10);
        } catch (const std::exception &) {
            sink++;
        }
    }
}
