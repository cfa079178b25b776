// Much of the C++ library's shapes of code, on data that differs from round to round.
#include <algorithm>
#include <functional>
#include <iomanip>
#include <iostream>
#include <map>
#include <memory>
#include <random>
#include <sstream>
#include <string>
#include <vector>

struct Shape {
    virtual ~Shape() = default;
    virtual double area() const = 0;
};

struct Square : Shape {
    explicit Square(double side) : side(side) {}
    double area() const override {
        return side * side;
    }
    double side;
};

int main() {
    std::mt19937 random(1);
    std::map<std::string, int> counts;

    for (int round = 0; round < 1000; round++) {
        std::ostringstream out;
        out << std::setw(8) << std::hex << random() << ' ' << std::fixed << round / 3.0 << ' ' << true;
        counts[out.str()]++;
        std::istringstream in(out.str());
        std::string word;
        double number = 0;
        in >> word >> number;
        std::vector<std::string> words(20, word);
        std::generate(words.begin(), words.end(), [&] { return std::to_string(random()); });
        std::sort(words.begin(), words.end());
        std::unique_ptr<Shape> shape = std::make_unique<Square>(number);
        std::function<double()> ask = [&] { return shape->area(); };
        std::cout << ask() << words.front() << counts.size() << std::endl;
    }
}
