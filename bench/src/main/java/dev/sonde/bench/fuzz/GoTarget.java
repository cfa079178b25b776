package dev.sonde.bench.fuzz;

import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.nio.ByteOrder;
import java.util.Arrays;

/**
 * Jazzer's target: the .gopclntab of a Go program. It is larger than a fuzzer likes, so the input is its header, then
 * pieces of it: 4 bytes of where, 8 bytes of what.
 */
public final class GoTarget {

    static final String SECTION = ".gopclntab";

    /** runtime.pcHeader has 72 bytes. */
    static final int HEADER_BYTES = 72;

    static final int PIECE_BYTES = 12;

    private static final VarHandle I32 = MethodHandles.byteArrayViewVarHandle(int[].class, ByteOrder.LITTLE_ENDIAN);

    private GoTarget() {}

    /** Read when the first input comes. */
    private static final class Configured {
        static final Template TEMPLATE = Template.configured(SECTION);
    }

    /** One table. */
    public static void fuzzerTestOneInput(byte[] data) {
        SoundTable.rows(file(Configured.TEMPLATE, data));
    }

    static byte[] file(Template template, byte[] data) {
        byte[] file = template.copy();
        System.arraycopy(data, 0, file, template.at(), Math.min(data.length, HEADER_BYTES));
        int places = template.size() - Long.BYTES;
        for (int from = HEADER_BYTES; from + PIECE_BYTES <= data.length; from += PIECE_BYTES) {
            int to = Integer.remainderUnsigned((int) I32.get(data, from), places);
            System.arraycopy(data, from + Integer.BYTES, file, template.at() + to, Long.BYTES);
        }
        return file;
    }

    /** An input that changes nothing: the header and some pieces as they are. */
    static byte[] seed(Template template, int pieces) {
        byte[] file = template.copy();
        byte[] seed = Arrays.copyOfRange(file, template.at(), template.at() + HEADER_BYTES + pieces * PIECE_BYTES);
        for (int i = 0; i < pieces; i++) {
            int from = HEADER_BYTES + i * PIECE_BYTES;
            int place = (int) ((long) i * (template.size() - Long.BYTES) / pieces) & -Integer.BYTES;
            I32.set(seed, from, place);
            System.arraycopy(file, template.at() + place, seed, from + Integer.BYTES, Long.BYTES);
        }
        return seed;
    }
}
