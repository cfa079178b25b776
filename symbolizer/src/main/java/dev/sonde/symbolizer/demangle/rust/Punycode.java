package dev.sonde.symbolizer.demangle.rust;

/** Identifiers outside ASCII: Punycode (RFC 3492) with an underscore for the delimiter. */
final class Punycode {

    private static final int BASE = 36;
    private static final int T_MIN = 1;
    private static final int T_MAX = 26;
    private static final int SKEW = 38;
    private static final int DAMP = 700;
    private static final int INITIAL_BIAS = 72;
    private static final int INITIAL_CODE = 128;

    /** Inserting into the middle is quadratic; identifiers that people write are shorter. */
    private static final int MAX_CHARS = 1024;

    private final StringBuilder decoded;
    private final String encoded;
    private int at;

    private Punycode(String basic, String encoded) {
        this.decoded = new StringBuilder(basic);
        this.encoded = encoded;
    }

    static String decode(String identifier) throws NotUnderstoodException {
        int delimiter = identifier.lastIndexOf('_');
        String basic = delimiter < 0 ? "" : identifier.substring(0, delimiter);
        String encoded = identifier.substring(delimiter + 1);
        if (encoded.isEmpty() || identifier.length() > MAX_CHARS) {
            throw new NotUnderstoodException();
        }
        return new Punycode(basic, encoded).decode();
    }

    private String decode() throws NotUnderstoodException {
        int count = decoded.length();
        long code = INITIAL_CODE;
        long index = 0;
        int bias = INITIAL_BIAS;
        boolean first = true;
        while (at < encoded.length()) {
            long delta = delta(bias);
            count++;
            bias = adapt(delta, count, first);
            first = false;
            index += delta;
            code += index / count;
            index %= count;
            if (code > Character.MAX_CODE_POINT
                    || (code >= Character.MIN_SURROGATE && code <= Character.MAX_SURROGATE)) {
                throw new NotUnderstoodException();
            }
            decoded.insert(decoded.offsetByCodePoints(0, (int) index), Character.toString((int) code));
            index++;
        }
        return decoded.toString();
    }

    /** A generalized variable-length integer (section 3.3). */
    private long delta(int bias) throws NotUnderstoodException {
        long delta = 0;
        long weight = 1;
        for (int k = BASE; ; k += BASE) {
            int digit = digit();
            delta += digit * weight;
            int threshold = Math.clamp((long) k - bias, T_MIN, T_MAX);
            if (digit < threshold) {
                return delta;
            }
            weight *= BASE - threshold;
            // Both stay below 2^31 * 36, so nothing overflows before it is seen here.
            if (weight > Integer.MAX_VALUE || delta > Integer.MAX_VALUE) {
                throw new NotUnderstoodException();
            }
        }
    }

    private int digit() throws NotUnderstoodException {
        char c = at < encoded.length() ? encoded.charAt(at++) : 0;
        if (c >= 'a' && c <= 'z') {
            return c - 'a';
        }
        if (c >= '0' && c <= '9') {
            return c - '0' + 26;
        }
        throw new NotUnderstoodException();
    }

    /** Bias adaptation (section 6.1). */
    private static int adapt(long delta, int count, boolean first) {
        long rest = first ? delta / DAMP : delta / 2;
        rest += rest / count;
        int k = 0;
        while (rest > ((BASE - T_MIN) * T_MAX) / 2) {
            rest /= BASE - T_MIN;
            k += BASE;
        }
        return (int) (k + (BASE - T_MIN + 1) * rest / (rest + SKEW));
    }
}
