package load;

import java.util.zip.Deflater;

/** The library's own C code through JNI. */
final class Native implements Work {

    private final byte[] bytes = new byte[2048];
    private final byte[] packed = new byte[4096];

    Native() {
        for (int i = 0; i < bytes.length; i++) {
            bytes[i] = (byte) (i * 31 % 61);
        }
    }

    @Override
    public synchronized long run(int turn) {
        bytes[turn & 2047] = (byte) turn;
        return deflate();
    }

    private long deflate() {
        Deflater deflater = new Deflater();
        try {
            deflater.setInput(bytes);
            deflater.finish();
            return deflater.deflate(packed);
        } finally {
            deflater.end();
        }
    }
}
