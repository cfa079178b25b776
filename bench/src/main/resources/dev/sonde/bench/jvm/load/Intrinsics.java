package load;

import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.Arrays;
import java.util.zip.CRC32;

/** What the machine has its own code for: arrays, strings, checksums. */
final class Intrinsics implements Work {

    private final byte[] bytes = new byte[4096];
    private final String text = "the quick brown fox jumps over the lazy dog ".repeat(8);
    private final MessageDigest digest;

    Intrinsics() throws NoSuchAlgorithmException {
        digest = MessageDigest.getInstance("SHA-256");
    }

    @Override
    public long run(int turn) {
        return arrays(turn & 511) + strings(turn & 31) + sums(turn & 255);
    }

    private long arrays(int at) {
        System.arraycopy(bytes, at, bytes, 700 + at, 2_800);
        byte[] copy = bytes.clone();
        copy[at] = (byte) at;
        return Arrays.hashCode(copy) + Arrays.mismatch(copy, bytes) + (Arrays.equals(copy, bytes) ? 1 : 0);
    }

    private long strings(int at) {
        String part = text.substring(at, 100 + at);
        return text.indexOf("lazy" + (at & 1)) + part.compareTo(text) + text.indexOf(part) + part.hashCode();
    }

    private long sums(int at) {
        CRC32 crc = new CRC32();
        crc.update(bytes, at, 3_000);
        digest.update(bytes, at, 512);
        return crc.getValue() + digest.digest()[0];
    }
}
