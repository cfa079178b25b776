package load;

/** One call site, six receivers: a call by itable, never inlined. */
final class Megamorphic implements Work {

    interface Shape {
        long area(long scale);
    }

    record Square(long side) implements Shape {
        @Override
        public long area(long scale) {
            return side * side * scale;
        }
    }

    record Rectangle(long width, long height) implements Shape {
        @Override
        public long area(long scale) {
            return width * height * scale;
        }
    }

    record Triangle(long base, long height) implements Shape {
        @Override
        public long area(long scale) {
            return base * height * scale / 2;
        }
    }

    record Circle(long radius) implements Shape {
        @Override
        public long area(long scale) {
            return radius * radius * scale * 355 / 113;
        }
    }

    record Ellipse(long width, long height) implements Shape {
        @Override
        public long area(long scale) {
            return width * height * scale * 355 / 452;
        }
    }

    record Point() implements Shape {
        @Override
        public long area(long scale) {
            return scale & 1;
        }
    }

    private final Shape[] shapes = {
        new Square(3), new Rectangle(2, 5), new Triangle(4, 7), new Circle(6), new Ellipse(8, 9), new Point()
    };

    @Override
    public long run(int turn) {
        long sum = 0;
        for (int i = 0; i < 1_000; i++) {
            sum += shapes[(turn + i) % shapes.length].area(i);
        }
        return sum;
    }
}
