package load;

import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.function.IntUnaryOperator;

/** Makes so many classes, and runs the methods of so many of them, all the time. */
public final class ManyMethods {

    private static final String NAME = "Generated000000";

    static volatile long sink;

    private static final class Loader extends ClassLoader {
        IntUnaryOperator make(byte[] template, int number) throws ReflectiveOperationException {
            byte[] name = NAME.getBytes(StandardCharsets.US_ASCII);
            byte[] other = String.format("Generated%06d", number).getBytes(StandardCharsets.US_ASCII);
            byte[] bytes = template.clone();
            for (int at = 0; at + name.length <= bytes.length; at++) {
                if (Arrays.equals(bytes, at, at + name.length, name, 0, name.length)) {
                    System.arraycopy(other, 0, bytes, at, other.length);
                }
            }
            return (IntUnaryOperator) defineClass(null, bytes, 0, bytes.length).getConstructor().newInstance();
        }
    }

    public static void main(String[] arguments) throws IOException, ReflectiveOperationException {
        IntUnaryOperator[] all = new IntUnaryOperator[Integer.parseInt(arguments[0])];
        int used = Integer.parseInt(arguments[1]);
        byte[] template;
        try (InputStream in = ManyMethods.class.getResourceAsStream(NAME + ".class")) {
            template = in.readAllBytes();
        }
        Loader loader = new Loader();
        for (int i = 0; i < all.length; i++) {
            all[i] = loader.make(template, i + 1);
        }
        for (int turn = 0; ; turn++) {
            for (int i = 0; i < used; i++) {
                // Long enough in each that a sample finds one and not the way from one to the next.
                for (int again = 0; again < 20; again++) {
                    sink += all[i].applyAsInt(turn);
                }
            }
        }
    }
}
