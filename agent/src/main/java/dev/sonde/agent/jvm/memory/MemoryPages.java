package dev.sonde.agent.jvm.memory;

import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;

/**
 * A process's memory by pages that are read once a {@link #refresh}: pointers that are followed from structure to
 * structure mostly lead to pages seen before, so that few system calls read many fields. One thread at a time.
 */
public final class MemoryPages {

    private static final int PAGE_BITS = 12;
    private static final int PAGE_BYTES = 1 << PAGE_BITS;
    private static final int PAGE_MASK = PAGE_BYTES - 1;
    private static final long NO_PAGE = -1;
    private static final byte[] NONE = {};

    /** Room that is asked for every few rounds had better stay: giving it up makes garbage. */
    private static final int UNASKED_REFRESHES = 50;

    private static final VarHandle I16 = view(short[].class);
    private static final VarHandle I32 = view(int[].class);
    private static final VarHandle I64 = view(long[].class);

    private final ProcessMemory memory;
    private final int capacityBytes;
    private byte[] bytes = NONE;
    private boolean asked;
    private int unasked;
    private final long[] numbers;
    private final int slotMask;
    private final byte[] split = new byte[Long.BYTES];
    private final long[] wanted = new long[ProcessMemory.MAX_PAGES];

    /**
     * Pages of a process.
     *
     * @param slots how many 4 KiB pages are kept; a power of two
     */
    public MemoryPages(ProcessMemory memory, int slots) {
        if (slots < 1 || Integer.bitCount(slots) != 1) {
            throw new IllegalArgumentException("slots: " + slots + " (expected: a power of two)");
        }
        this.memory = memory;
        this.capacityBytes = slots << PAGE_BITS;
        this.numbers = new long[slots];
        this.slotMask = slots - 1;
        Arrays.fill(numbers, NO_PAGE);
    }

    /**
     * Forgets all pages: what is asked from now on is read anew. After some times without a question in between the room
     * for them is given up.
     */
    public void refresh() {
        unasked = asked ? 0 : unasked + 1;
        asked = false;
        if (unasked >= UNASKED_REFRESHES) {
            rest();
        } else {
            Arrays.fill(numbers, NO_PAGE);
        }
    }

    /** Forgets all pages and gives up the room for them, until something is asked again. */
    public void rest() {
        Arrays.fill(numbers, NO_PAGE);
        bytes = NONE;
    }

    private byte[] room() {
        asked = true;
        if (bytes.length == 0) {
            bytes = new byte[capacityBytes];
        }
        return bytes;
    }

    /**
     * Reads the pages of some addresses that will be asked for, several by one system call. Those that cannot be read are
     * left to whoever asks.
     *
     * @throws ProcessReadException when the process is gone or may not be read
     */
    public void prefetch(long[] addresses, int count) throws ProcessReadException {
        int pending = 0;
        for (int i = 0; i < count; i++) {
            long number = addresses[i] >>> PAGE_BITS;
            boolean known = numbers[slot(number)] == number || (pending > 0 && wanted[pending - 1] == number);
            if (!known) {
                wanted[pending++] = number;
            }
            if (pending == wanted.length) {
                readWanted(pending);
                pending = 0;
            }
        }
        readWanted(pending);
    }

    private void readWanted(int count) throws ProcessReadException {
        for (int next = 0; next < count; ) {
            int read;
            try {
                read = memory.readPages(wanted, next, count - next);
            } catch (ProcessReadException e) {
                if (e.reason() != ProcessReadException.Reason.UNMAPPED) {
                    throw e;
                }
                read = 0;
            }
            for (int i = 0; i < read; i++) {
                int slot = slot(wanted[next + i]);
                memory.copyPage(i, room(), slot << PAGE_BITS);
                numbers[slot] = wanted[next + i];
            }
            next += read + 1;
        }
    }

    /** The memory behind the pages. */
    public ProcessMemory memory() {
        return memory;
    }

    /** 8 bits, unsigned. */
    public int u8(long address) throws ProcessReadException {
        int at = index(address);
        return bytes[at] & 0xff;
    }

    /** 16 bits, unsigned. */
    public int u16(long address) throws ProcessReadException {
        if (splits(address, Short.BYTES)) {
            read(address, split, 0, Short.BYTES);
            return (short) I16.get(split, 0) & 0xffff;
        }
        int at = index(address);
        return (short) I16.get(bytes, at) & 0xffff;
    }

    /** 32 bits. */
    public int i32(long address) throws ProcessReadException {
        if (splits(address, Integer.BYTES)) {
            read(address, split, 0, Integer.BYTES);
            return (int) I32.get(split, 0);
        }
        int at = index(address);
        return (int) I32.get(bytes, at);
    }

    /** 32 bits, unsigned. */
    public long u32(long address) throws ProcessReadException {
        return Integer.toUnsignedLong(i32(address));
    }

    /** 64 bits. */
    public long i64(long address) throws ProcessReadException {
        if (splits(address, Long.BYTES)) {
            read(address, split, 0, Long.BYTES);
            return (long) I64.get(split, 0);
        }
        int at = index(address);
        return (long) I64.get(bytes, at);
    }

    /** Fills {@code into[from..from+length)}; for short runs, for each page is kept. */
    public void read(long address, byte[] into, int from, int length) throws ProcessReadException {
        int done = 0;
        while (done < length) {
            int index = index(address + done);
            int run = Math.min(length - done, PAGE_BYTES - (index & PAGE_MASK));
            System.arraycopy(bytes, index, into, from + done, run);
            done += run;
        }
    }

    /**
     * The text up to a zero byte, ISO 8859-1.
     *
     * @throws ProcessReadException when there is none in {@code maxBytes} bytes, too
     */
    public String text(long address, int maxBytes) throws ProcessReadException {
        byte[] text = new byte[Math.min(maxBytes, 64)];
        for (int length = 0; length < maxBytes; length++) {
            if (length == text.length) {
                text = Arrays.copyOf(text, Math.min(maxBytes, 2 * length));
            }
            text[length] = (byte) u8(address + length);
            if (text[length] == 0) {
                return new String(text, 0, length, StandardCharsets.ISO_8859_1);
            }
        }
        throw ProcessReadException.implausible("text at", address, "a zero byte within " + maxBytes);
    }

    private static boolean splits(long address, int length) {
        return ((int) address & PAGE_MASK) > PAGE_BYTES - length;
    }

    /** Where in {@link #bytes} the byte of an address stands, its page read if need be. */
    private int index(long address) throws ProcessReadException {
        long number = address >>> PAGE_BITS;
        int slot = slot(number);
        if (numbers[slot] != number) {
            numbers[slot] = NO_PAGE;
            memory.read(number << PAGE_BITS, room(), slot << PAGE_BITS, PAGE_BYTES);
            numbers[slot] = number;
        }
        return (slot << PAGE_BITS) + ((int) address & PAGE_MASK);
    }

    /** Neighbouring pages have slots of their own; those 2^n apart do not all share one. */
    private int slot(long number) {
        return (int) (number + (number >>> 8) * 31) & slotMask;
    }

    private static VarHandle view(Class<?> arrayType) {
        return MethodHandles.byteArrayViewVarHandle(arrayType, ByteOrder.LITTLE_ENDIAN);
    }
}
