import java.math.BigDecimal;
import java.math.BigInteger;
import java.math.RoundingMode;
import java.nio.charset.StandardCharsets;
import java.text.DecimalFormat;
import java.time.Duration;
import java.time.LocalDate;
import java.time.LocalDateTime;
import java.time.ZoneId;
import java.time.ZonedDateTime;
import java.time.format.DateTimeFormatter;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Base64;
import java.util.BitSet;
import java.util.Collections;
import java.util.Comparator;
import java.util.Deque;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Objects;
import java.util.PriorityQueue;
import java.util.Random;
import java.util.TreeMap;
import java.util.UUID;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentSkipListMap;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import java.util.zip.CRC32;

/** Has thousands of methods compiled until a line comes, then is quiet: inlining, lambdas, proxies, exceptions, loops. */
public final class WarmUp {
    interface Shape {
        double area();
    }

    static final class Square implements Shape {
        private final double side;

        Square(double side) {
            this.side = side;
        }

        @Override
        public double area() {
            return side * side;
        }
    }

    static final class Circle implements Shape {
        private final double radius;

        Circle(double radius) {
            this.radius = radius;
        }

        @Override
        public double area() {
            return Math.PI * radius * radius;
        }
    }

    interface Greeter {
        String greet(String name, int count);
    }

    private static final Pattern MAIL = Pattern.compile("(\\w+)@(\\w+)\\.(com|org)(?<rest>[a-z]*)");
    private static final Greeter GREETER = (Greeter) java.lang.reflect.Proxy.newProxyInstance(
            WarmUp.class.getClassLoader(),
            new Class<?>[] {Greeter.class},
            (proxy, method, arguments) -> method.getName() + arguments[0] + arguments[1]);

    private static volatile boolean quiet;
    private static int sink;

    public static void main(String[] arguments) throws Exception {
        Thread worker = new Thread(WarmUp::work, "worker");
        worker.start();
        System.out.println("ready");
        while (System.in.read() != '\n') {}
        quiet = true;
        worker.join();
        System.out.println("quiet 0x0");
        System.in.read();
    }

    private static void work() {
        for (int i = 0; !quiet; i++) {
            sink += strings(i).hashCode() + collections(i) + numbers(i) + times(i) + patterns(i);
            sink += streams(i) + reflection(i) + bytes(i) + loop(i);
        }
    }

    private static String strings(int i) {
        return String.format(Locale.ROOT, "%05d %s %x %.3f", i, "abc" + i, i, i / 3.0)
                + new StringBuilder().append(i).reverse()
                + String.join(",", List.of("a", "b" + i))
                + "x".repeat(i % 9)
                + Arrays.toString("a b c".split(" "));
    }

    private static int collections(int i) {
        Map<String, Integer> sorted = new TreeMap<>();
        Map<Object, Object> linked = new LinkedHashMap<>();
        Map<Object, Object> concurrent = new ConcurrentHashMap<>();
        Map<Object, Object> skipping = new ConcurrentSkipListMap<>();
        PriorityQueue<Integer> queue = new PriorityQueue<>();
        Deque<Integer> deque = new ArrayDeque<>();
        for (int k = 0; k < 40; k++) {
            sorted.merge("k" + (k * i % 17), k, Integer::sum);
            linked.put(k, i);
            concurrent.computeIfAbsent(k, key -> key + "!");
            skipping.put(k, k);
            queue.add(k * 31 % 7);
            deque.push(k);
        }
        int sum = 0;
        while (!queue.isEmpty()) {
            sum += queue.poll();
        }
        BitSet bits = new BitSet();
        bits.set(i % 100);
        List<Integer> list = new ArrayList<>(deque);
        Collections.shuffle(list, new Random(i));
        list.sort(Comparator.reverseOrder());
        return sum + sorted.size() + linked.hashCode() + concurrent.size() + skipping.size() + list.get(0)
                + bits.cardinality();
    }

    private static int numbers(int i) {
        return new BigDecimal("1.5").multiply(BigDecimal.valueOf(i)).setScale(2, RoundingMode.HALF_UP).hashCode()
                + BigInteger.valueOf(i).pow(5).mod(BigInteger.TEN).intValue()
                + Double.toString(i * 0.1).length()
                + (int) Double.parseDouble("1e3")
                + new DecimalFormat("#,##0.00").format(i).length();
    }

    private static int times(int i) {
        LocalDateTime time = LocalDateTime.of(2020, 1, 1, 0, 0).plusMinutes(i);
        return time.format(DateTimeFormatter.ISO_DATE_TIME).length()
                + LocalDate.parse("2020-02-03").getDayOfYear()
                + Duration.ofSeconds(i).toString().length()
                + ZonedDateTime.of(time, ZoneId.of("Europe/Paris")).getHour();
    }

    private static int patterns(int i) {
        Matcher matcher = MAIL.matcher("me" + i + "@host.comxyz, you@there.org");
        int found = 0;
        while (matcher.find()) {
            found += matcher.group(1).length();
        }
        return found + "a-b-c".replaceAll("-", "+").length();
    }

    private static int streams(int i) {
        List<Shape> shapes = new ArrayList<>();
        for (int k = 0; k < 20; k++) {
            shapes.add(k % 2 == 0 ? new Square(k) : new Circle(k));
        }
        double area = shapes.stream().filter(shape -> shape.area() > 3).mapToDouble(Shape::area).sum();
        return (int) area
                + IntStream.range(0, 50).boxed().collect(Collectors.groupingBy(x -> x % 5, Collectors.counting())).size()
                + Stream.of("a", "bb").map(String::length).reduce(i, Integer::sum);
    }

    private static int reflection(int i) {
        try {
            int called = (int) WarmUp.class.getDeclaredMethod("identity", int.class).invoke(null, i);
            return GREETER.greet("x", i).length() + called;
        } catch (ReflectiveOperationException e) {
            return deep(i % 20);
        }
    }

    static int identity(int i) {
        if (i % 50 == 0) {
            throw new IllegalStateException("one in fifty");
        }
        return i;
    }

    private static int deep(int depth) {
        return depth == 0 ? 1 : deep(depth - 1) + 1;
    }

    private static int bytes(int i) {
        byte[] text = ("{\"a\":" + i + ",\"b\":[1,2,3]}").getBytes(StandardCharsets.UTF_8);
        CRC32 sum = new CRC32();
        sum.update(text);
        return (int) sum.getValue()
                + Base64.getEncoder().encodeToString(text).length()
                + UUID.nameUUIDFromBytes(text).hashCode()
                + Objects.hash(i, text.length);
    }

    /** Long enough to be replaced on the stack. */
    private static int loop(int i) {
        int sum = i;
        for (int k = 0; k < 20_000; k++) {
            sum = sum * 31 + (k ^ sum);
        }
        return sum;
    }
}
