package dev.sonde.server.store.dictionary;

import dev.sonde.model.Labels;
import dev.sonde.model.ValueType;
import dev.sonde.server.store.StoreException;

/**
 * The memory that the tables of one day take, estimated: what is counted is what each entry adds, with the spare room of
 * arrays and hash tables spread over the entries. Belongs to the thread that writes.
 */
final class DictionaryBytes {

    /** Headers and padding of a String and its array, compressed pointers. */
    private static final int STRING_BYTES = 48;

    /** Largest character of a string that Java keeps in one byte a character. */
    private static final char MAX_LATIN_1 = 0xff;

    private final long max;
    private long held;
    private boolean enforced;

    DictionaryBytes(long max) {
        this.max = max;
    }

    /** From now on the bound holds: what was stored under another bound is still loaded whole. */
    void enforce() {
        enforced = true;
    }

    /**
     * Counts what an entry will add.
     *
     * @throws StoreException with reason FULL, and nothing counted, when that is too much
     */
    void take(long bytes) throws StoreException {
        if (enforced && held + bytes > max) {
            throw new StoreException(
                    StoreException.Reason.FULL,
                    "names and stacks of this day: more than " + max + " bytes in memory (expected: at most that)");
        }
        held += bytes;
    }

    void giveBack(long bytes) {
        held -= bytes;
    }

    long held() {
        return held;
    }

    /** What a string takes, wherever else it may be held. */
    static long of(String text) {
        for (int i = 0; i < text.length(); i++) {
            if (text.charAt(i) > MAX_LATIN_1) {
                return STRING_BYTES + 2L * text.length();
            }
        }
        return STRING_BYTES + (long) text.length();
    }

    static long of(Labels labels) {
        long bytes = 0;
        for (int i = 0; i < labels.size(); i++) {
            bytes += of(labels.name(i)) + of(labels.value(i));
        }
        return bytes;
    }

    static long of(ValueType type) {
        return of(type.type()) + of(type.unit());
    }
}
