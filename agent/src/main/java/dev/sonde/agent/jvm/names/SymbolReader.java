package dev.sonde.agent.jvm.names;

import dev.sonde.agent.jvm.layout.MethodLayout;
import dev.sonde.agent.jvm.memory.MemoryPages;
import dev.sonde.agent.jvm.memory.ProcessReadException;

/** Reads the VM's Symbols: a length and so many bytes of modified UTF-8 (JVMS 4.4.7). One thread at a time. */
final class SymbolReader {

    /** Names may have 65,535 bytes; longer ones than this are cut, for nobody reads them and each is kept. */
    private static final int MAX_BYTES = 1024;

    private static final String CUT = "...";
    private static final char BROKEN = '\ufffd';

    private final MethodLayout layout;
    private final MemoryPages pages;
    private final byte[] bytes = new byte[MAX_BYTES];
    private int length;
    private boolean cut;

    SymbolReader(MethodLayout layout, MemoryPages pages) {
        this.layout = layout;
        this.pages = pages;
    }

    /** The text of a symbol. */
    String text(long symbol) throws ProcessReadException {
        load(symbol);
        StringBuilder text = new StringBuilder(length);
        for (int i = 0; i < length; ) {
            i = append(text, i);
        }
        return cut ? text.append(CUT).toString() : text.toString();
    }

    /** Whether a symbol has this text, of ASCII. */
    boolean is(long symbol, String text) throws ProcessReadException {
        if (symbol == 0 || pages.u16(symbol + layout.symbolLength()) != text.length()) {
            return false;
        }
        for (int i = 0; i < text.length(); i++) {
            if (pages.u8(symbol + layout.symbolBody() + i) != text.charAt(i)) {
                return false;
            }
        }
        return true;
    }

    /** A hash of the text of a symbol. */
    long hash(long symbol) throws ProcessReadException {
        load(symbol);
        long hash = length;
        for (int i = 0; i < length; i++) {
            hash = hash * 31 + bytes[i];
        }
        return hash;
    }

    private void load(long symbol) throws ProcessReadException {
        if (symbol == 0) {
            throw ProcessReadException.implausible("Symbol*", symbol, "a symbol");
        }
        int all = pages.u16(symbol + layout.symbolLength());
        length = Math.min(all, MAX_BYTES);
        cut = all > MAX_BYTES;
        pages.read(symbol + layout.symbolBody(), bytes, 0, length);
    }

    /** Appends the character that begins at an index; the index behind it. */
    private int append(StringBuilder text, int index) {
        int first = bytes[index];
        if (first > 0) {
            text.append((char) first);
            return index + 1;
        }
        if ((first & 0xe0) == 0xc0 && follows(index + 1)) {
            text.append((char) ((first & 0x1f) << 6 | (bytes[index + 1] & 0x3f)));
            return index + 2;
        }
        if ((first & 0xf0) == 0xe0 && follows(index + 1) && follows(index + 2)) {
            text.append((char) ((first & 0x0f) << 12 | (bytes[index + 1] & 0x3f) << 6 | (bytes[index + 2] & 0x3f)));
            return index + 3;
        }
        text.append(BROKEN);
        return index + 1;
    }

    private boolean follows(int index) {
        return index < length && (bytes[index] & 0xc0) == 0x80;
    }
}
