// Exceptions, thrown through frames that clean up, rethrow and translate.
#include <cstdio>
#include <stdexcept>
#include <string>
#include <vector>

namespace {

struct Guard {
    explicit Guard(int depth)
        : name("a guard with a name of its own, long enough for the heap " + std::to_string(depth)) {}
    ~Guard() {
        std::fputc(name[depth % name.size()], stdout);
    }
    std::string name;
    unsigned depth = 0;
};

__attribute__((noinline)) int dive(int depth) {
    Guard guard(depth);
    if (depth == 0)
        throw std::out_of_range("bottom");
    return dive(depth - 1) + guard.name.size();
}

__attribute__((noinline)) int translate(int depth) {
    try {
        return dive(depth);
    } catch (const std::out_of_range &bottom) {
        throw std::runtime_error(std::string("translated: ") + bottom.what());
    }
}

__attribute__((noinline)) int pass_on(int depth) {
    std::vector<int> numbers(depth + 1, depth);
    try {
        return translate(depth) + numbers.back();
    } catch (...) {
        numbers.clear();
        throw;
    }
}

} // namespace

int main() {
    int caught = 0;

    for (int round = 0; round < 1000; round++) {
        try {
            pass_on(round % 7);
        } catch (const std::exception &error) {
            caught += error.what()[0];
        }
        try {
            std::vector<int>(3).at(4);
        } catch (const std::logic_error &) {
            caught++;
        }
    }
    return caught == 0;
}
