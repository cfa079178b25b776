package dev.sonde.agent.jvm.thread;

import dev.sonde.agent.label.LabelText;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.HashMap;
import java.util.Map;
import java.util.concurrent.atomic.AtomicLong;

/**
 * The names of one JVM's virtual threads, of which there may be millions, each with a name of its own. The first ones are
 * kept as they are; later ones are called by their pattern, with # for each number: {@code handler-#}. Allocates nothing
 * for a name that is kept. One thread at a time.
 */
public final class VirtualThreadNames {

    /** Each name in a window is a label, and makes stacks that are equal but for it several. */
    static final int MAX_NAMES = 1024;

    static final int MAX_PATTERNS = 256;

    /** At most half full. */
    private static final int SLOTS = 2 * MAX_NAMES;

    private final AtomicLong numbers;
    private final Runnable full;
    private Entry[] entries;
    private int size;
    private final Map<String, Named> patterns = new HashMap<>();

    /**
     * A name.
     *
     * @param number that no other name has
     */
    public record Named(long number, String name) {}

    /** A name as it stands on the JVM's heap. */
    @SuppressWarnings("ArrayRecordComponent") // compared with what a sample has, by its bytes
    private record Entry(byte[] text, boolean utf16, Named named) {
        boolean is(byte[] other, int length, boolean otherUtf16) {
            return utf16 == otherUtf16 && Arrays.equals(text, 0, text.length, other, 0, length);
        }
    }

    /**
     * None is known yet.
     *
     * @param numbers those that names get, of all JVMs
     * @param full is told of each name asked for that is not kept
     */
    public VirtualThreadNames(AtomicLong numbers, Runnable full) {
        this.numbers = numbers;
        this.full = full;
    }

    /**
     * What to call a virtual thread.
     *
     * @param text of its name, from the beginning on
     * @param length how many bytes of it, at least 1
     * @param utf16 whether they are UTF-16LE; else ISO 8859-1
     * @return null where there is no room for another name
     */
    public Named of(byte[] text, int length, boolean utf16) {
        if (entries == null) {
            entries = new Entry[SLOTS];
        }
        int slot = hash(text, length) & (SLOTS - 1);
        for (; entries[slot] != null; slot = (slot + 1) & (SLOTS - 1)) {
            if (entries[slot].is(text, length, utf16)) {
                return entries[slot].named;
            }
        }
        String name = LabelText.printable(
                new String(text, 0, length, utf16 ? StandardCharsets.UTF_16LE : StandardCharsets.ISO_8859_1));
        if (size == MAX_NAMES) {
            return ofPattern(name);
        }
        size++;
        entries[slot] = new Entry(Arrays.copyOf(text, length), utf16, new Named(numbers.getAndIncrement(), name));
        return entries[slot].named;
    }

    private Named ofPattern(String name) {
        full.run();
        String pattern = pattern(name);
        Named known = patterns.get(pattern);
        if (known == null && patterns.size() < MAX_PATTERNS) {
            known = new Named(numbers.getAndIncrement(), pattern);
            patterns.put(pattern, known);
        }
        return known;
    }

    /** The name with # in place of each run of digits. */
    static String pattern(String name) {
        StringBuilder pattern = new StringBuilder(name.length());
        for (int i = 0; i < name.length(); i++) {
            if (!Character.isDigit(name.charAt(i))) {
                pattern.append(name.charAt(i));
            } else if (i == 0 || !Character.isDigit(name.charAt(i - 1))) {
                pattern.append('#');
            }
        }
        return pattern.toString();
    }

    private static int hash(byte[] text, int length) {
        int hash = length;
        for (int i = 0; i < length; i++) {
            hash = 31 * hash + text[i];
        }
        return hash ^ hash >>> 15;
    }
}
