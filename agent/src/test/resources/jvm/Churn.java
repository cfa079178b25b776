import java.io.ByteArrayOutputStream;
import java.io.DataOutputStream;
import java.io.IOException;
import java.lang.reflect.Method;

/** For each line that comes: forgets the classes of the last generation, loads a hundred of equal shape, has them compiled. */
public final class Churn {
    private static final int CLASSES = 100;
    private static final int CALLS = 300;

    private static int number = 10_000;
    private static int sink;

    public static void main(String[] arguments) throws Exception {
        System.out.println("ready");
        for (int c = System.in.read(); c >= 0; c = System.in.read()) {
            if (c == '\n') {
                generation();
                System.out.println("next 0x0");
            }
        }
    }

    private static void generation() throws Exception {
        System.gc();
        Loader loader = new Loader();
        for (int i = 0; i < CLASSES; i++) {
            Class<?> made = loader.make(number);
            Method method = made.getMethod("call" + number, int.class);
            for (int k = 0; k < CALLS; k++) {
                sink += (int) method.invoke(null, k);
            }
            number++;
        }
    }

    private static final class Loader extends ClassLoader {
        Class<?> make(int number) throws IOException {
            String name = "churn/Number" + number;
            byte[] bytes = classFile(name, "call" + number);
            return defineClass(name.replace('/', '.'), bytes, 0, bytes.length);
        }
    }

    /** A class with a method that squares its argument (JVMS 4.1). */
    private static byte[] classFile(String name, String method) throws IOException {
        ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        DataOutputStream out = new DataOutputStream(bytes);
        out.writeInt(0xcafebabe);
        out.writeInt(49);
        out.writeShort(8);
        out.writeByte(7);
        out.writeShort(2);
        utf8(out, name);
        out.writeByte(7);
        out.writeShort(4);
        utf8(out, "java/lang/Object");
        utf8(out, method);
        utf8(out, "(I)I");
        utf8(out, "Code");
        for (int value : new int[] {0x21, 1, 3, 0, 0, 1, 9, 5, 6, 1, 7}) {
            out.writeShort(value);
        }
        byte[] code = {0x1a, 0x1a, 0x68, (byte) 0xac};
        out.writeInt(12 + code.length);
        out.writeShort(2);
        out.writeShort(1);
        out.writeInt(code.length);
        out.write(code);
        out.writeShort(0);
        out.writeShort(0);
        out.writeShort(0);
        return bytes.toByteArray();
    }

    private static void utf8(DataOutputStream out, String text) throws IOException {
        out.writeByte(1);
        out.writeUTF(text);
    }
}
