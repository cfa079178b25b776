import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import java.util.zip.CRC32;

/** What a JVM does while it is stepped: one kind of work, for ever, in a thread of its own name. */
public final class Programs {

    static volatile long sink;

    interface Shape {
        double area();
    }

    record Square(double side) implements Shape {
        public double area() {
            return side * side;
        }
    }

    record Circle(double radius) implements Shape {
        public double area() {
            return radius * radius * 3.14;
        }
    }

    record Rectangle(double width, double height) implements Shape {
        public double area() {
            return width * height;
        }
    }

    record Triangle(double base, double height) implements Shape {
        public double area() {
            return base * height / 2;
        }
    }

    static abstract class Node {
        abstract int value(int depth);
    }

    static final class Left extends Node {
        int value(int depth) {
            return depth == 0 ? 1 : NODES[depth % 3].value(depth - 1) + 1;
        }
    }

    static final class Right extends Node {
        int value(int depth) {
            return depth == 0 ? 2 : NODES[(depth + 1) % 3].value(depth - 1) ^ 3;
        }
    }

    static final class Middle extends Node {
        int value(int depth) {
            return depth == 0 ? 3 : NODES[(depth + 2) % 3].value(depth - 1) * 5;
        }
    }

    static final Node[] NODES = {new Left(), new Right(), new Middle()};

    static void calls() {
        Shape[] shapes = {new Square(2), new Circle(3), new Rectangle(2, 5), new Triangle(3, 4)};
        double sum = 0;
        for (int i = 0; i < 20_000; i++) {
            sum += shapes[i & 3].area();
            sink += NODES[i % 3].value(i & 15);
        }
        sink += (long) sum;
    }

    static int thrower(int depth, boolean always) throws Exception {
        if (depth == 0) {
            if (always) {
                throw new Exception("thrown");
            }
            return 0;
        }
        try {
            return thrower(depth - 1, always) + 1;
        } catch (IllegalStateException e) {
            return -1;
        }
    }

    static void exceptions() {
        for (int i = 0; i < 200; i++) {
            try {
                sink += thrower(i & 7, (i & 1) == 0);
            } catch (Exception e) {
                sink += e.getMessage().length();
            }
            try {
                Object none = (i & 3) == 0 ? null : "some";
                sink += none.hashCode();
            } catch (NullPointerException e) {
                sink++;
            }
        }
    }

    static void strings() {
        String text = "the quick brown fox jumps over the lazy dog ".repeat(8);
        StringBuilder built = new StringBuilder();
        for (int i = 0; i < 500; i++) {
            String part = text.substring(i & 31, 100 + (i & 63));
            sink += text.indexOf("lazy" + (i & 1)) + part.compareTo(text) + part.hashCode();
            sink += text.indexOf(part) + (part.equals(text) ? 1 : 0) + text.lastIndexOf('q');
            built.append(part).append(i).append(part.toUpperCase());
            if (built.length() > 8192) {
                sink += built.toString().indexOf("xyz");
                built.setLength(0);
            }
            sink += String.format("%d %s", i, "x").length();
        }
    }

    static void arrays() {
        int[] numbers = IntStream.range(0, 2000).map(i -> (i * 7919) % 2003).toArray();
        byte[] bytes = new byte[4096];
        Object[] objects = new Object[300];
        Arrays.fill(objects, "object");
        for (int i = 0; i < 50; i++) {
            int[] copy = numbers.clone();
            Arrays.sort(copy);
            System.arraycopy(bytes, i, bytes, 100 + i, 3000 + i);
            Object[] others = Arrays.copyOf(objects, 200 + i, Object[].class);
            System.arraycopy(others, 0, objects, 50, 100 + i);
            CRC32 crc = new CRC32();
            crc.update(bytes, 0, 1000 + i);
            sink += copy[i] + crc.getValue() + Arrays.hashCode(bytes) + Arrays.mismatch(bytes, copy(bytes));
        }
    }

    static byte[] copy(byte[] bytes) {
        return bytes.clone();
    }

    static void garbage() {
        List<byte[]> kept = new ArrayList<>();
        Map<Integer, List<String>> map = new HashMap<>();
        for (int i = 0; i < 5_000; i++) {
            kept.add(new byte[200 + (i & 1023)]);
            map.computeIfAbsent(i & 511, key -> new ArrayList<>()).add("value" + i);
            if (kept.size() > 1000) {
                kept.subList(0, 500).clear();
            }
        }
        sink += map.size() + kept.size();
    }

    static void streams() {
        List<Integer> numbers = IntStream.range(0, 500).boxed().collect(Collectors.toList());
        Map<Integer, Long> counts = numbers.stream()
                .filter(n -> n % 3 != 0)
                .map(n -> n * 31 % 97)
                .collect(Collectors.groupingBy(n -> n % 10, Collectors.counting()));
        sink += counts.size()
                + numbers.stream().sorted(Comparator.reverseOrder()).limit(50).mapToInt(n -> n).sum();
        Runnable[] tasks = {() -> sink++, () -> sink += 2, Programs::calm, () -> sink ^= 3};
        for (int i = 0; i < 500; i++) {
            tasks[i & 3].run();
        }
    }

    static void calm() {
        sink += 5;
    }

    static int recurse(int depth, int a, int b) {
        return depth == 0 ? a : recurse(depth - 1, b, a + 1) + other(depth, a);
    }

    static int other(int depth, int a) {
        return depth % 5 == 0 ? a ^ depth : depth % 7 == 0 ? recurse(3, a, depth) : a;
    }

    static void recursion() {
        for (int i = 0; i < 20; i++) {
            sink += recurse(600, i, 1);
        }
    }

    static synchronized void locked() {
        sink++;
    }

    static void natives() {
        Object lock = new Object();
        for (int i = 0; i < 500; i++) {
            sink += System.nanoTime() + lock.hashCode() + Thread.currentThread().getName().length();
            sink += Runtime.getRuntime().freeMemory() + System.identityHashCode(new Object());
            sink += Math.round(Math.sin(i) * Math.log(i + 1) * Math.pow(i, 1.1));
            synchronized (lock) {
                locked();
            }
            if (i % 100 == 0) {
                sink += new Throwable().getStackTrace().length;
            }
        }
    }

    static void virtual(int depth) throws Exception {
        if (depth > 0) {
            virtual(depth - 1);
            sink++;
            return;
        }
        for (int i = 0; i < 50; i++) {
            calls(200);
            Thread.yield();
        }
    }

    static void calls(int count) {
        for (int i = 0; i < count; i++) {
            sink += NODES[i % 3].value(i & 15);
        }
    }

    /** By reflection: the class is for JDK 17 too. */
    static void virtuals(int step) throws Exception {
        List<Thread> threads = new ArrayList<>();
        java.lang.reflect.Method start = Thread.class.getMethod("startVirtualThread", Runnable.class);
        for (int i = 0; i < 20; i++) {
            int depth = 3 + step * i;
            Runnable task = () -> {
                try {
                    virtual(depth);
                } catch (Exception e) {
                    throw new IllegalStateException(e);
                }
            };
            threads.add((Thread) start.invoke(null, task));
        }
        for (Thread thread : threads) {
            thread.join();
        }
    }

    static void work(String kind) throws Exception {
        switch (kind) {
            case "calls" -> calls();
            case "exceptions" -> exceptions();
            case "strings" -> strings();
            case "arrays" -> arrays();
            case "garbage" -> garbage();
            case "streams" -> streams();
            case "recursion" -> recursion();
            case "natives" -> natives();
            case "virtuals" -> virtuals(1);
            // So deep that they are not thawed at once: the last thawed frame returns to the barrier.
            case "frozen" -> virtuals(12);
            default -> {
                calls();
                exceptions();
                strings();
                arrays();
                garbage();
                streams();
                recursion();
                natives();
            }
        }
    }

    public static void main(String[] arguments) throws Exception {
        Thread worker = new Thread(() -> {
            try {
                while (true) {
                    work(arguments[0]);
                }
            } catch (Exception e) {
                e.printStackTrace();
                System.exit(1);
            }
        });
        worker.setName("stepped");
        worker.start();
        System.out.println("ready");
        worker.join();
    }
}
