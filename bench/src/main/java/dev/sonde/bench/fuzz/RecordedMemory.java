package dev.sonde.bench.fuzz;

import static java.lang.foreign.ValueLayout.JAVA_BYTE;
import static java.lang.foreign.ValueLayout.JAVA_LONG;

import dev.sonde.agent.jvm.memory.ProcessMemory;
import dev.sonde.agent.kernel.ffi.FfmLibc;
import dev.sonde.agent.kernel.ffi.Libc;
import java.io.DataInputStream;
import java.io.DataOutputStream;
import java.io.IOException;
import java.lang.foreign.MemorySegment;
import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Proxy;
import java.nio.ByteOrder;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.TreeSet;

/**
 * The pages of a process that its readers asked for, which can be damaged: 4 bytes of where, counted through all pages as
 * if they were one, and 8 bytes of what. One thread at a time.
 */
final class RecordedMemory {

    static final int PIECE_BYTES = Integer.BYTES + Long.BYTES;

    private static final int PAGE_BYTES = Libc.PAGE_BYTES;

    /** EFAULT (include/uapi/asm-generic/errno-base.h). */
    private static final long BAD_ADDRESS = -14;

    private static final long IOVEC_BYTES = 16;

    private static final VarHandle I32 = MethodHandles.byteArrayViewVarHandle(int[].class, ByteOrder.LITTLE_ENDIAN);

    private final Libc real = new FfmLibc();
    private final TreeMap<Long, byte[]> pages = new TreeMap<>();
    private final List<byte[]> order = new ArrayList<>();
    private final List<Long> numbers = new ArrayList<>();
    private final List<Damage> damages = new ArrayList<>();
    private final TreeSet<Long> asked = new TreeSet<>();
    private final ProcessMemory source;

    private record Damage(byte[] page, int at, byte[] before) {}

    /** @param source where pages come from that nobody asked for yet; null for none */
    RecordedMemory(ProcessMemory source) {
        this.source = source;
    }

    /** The memory, as the agent reads that of a process. */
    ProcessMemory memory() {
        Libc libc = (Libc) Proxy.newProxyInstance(
                Libc.class.getClassLoader(), new Class<?>[] {Libc.class}, (proxy, method, arguments) -> {
                    if (method.getName().equals("processVmReadv")) {
                        return readv((MemorySegment) arguments[1], (MemorySegment) arguments[3], (long) arguments[4]);
                    }
                    try {
                        return method.invoke(real, arguments);
                    } catch (InvocationTargetException e) {
                        throw e.getCause();
                    }
                });
        return ProcessMemory.of(libc, 1);
    }

    @SuppressWarnings("restricted") // the buffer of whoever makes the call
    private long readv(MemorySegment local, MemorySegment remote, long count) throws IOException {
        MemorySegment to = MemorySegment.ofAddress(local.get(JAVA_LONG, 0)).reinterpret(local.get(JAVA_LONG, 8));
        long done = 0;
        for (long i = 0; i < count; i++) {
            long address = remote.get(JAVA_LONG, i * IOVEC_BYTES);
            long end = address + remote.get(JAVA_LONG, i * IOVEC_BYTES + 8);
            while (address != end) {
                byte[] page = page(Long.divideUnsigned(address, PAGE_BYTES));
                if (page == null) {
                    return done == 0 ? BAD_ADDRESS : done;
                }
                int from = (int) (address & (PAGE_BYTES - 1));
                int length = (int) Math.min(PAGE_BYTES - from, end - address);
                MemorySegment.copy(page, from, to, JAVA_BYTE, done, length);
                done += length;
                address += length;
            }
        }
        return done;
    }

    private byte[] page(long number) throws IOException {
        byte[] page = pages.get(number);
        asked.add(number);
        if (page != null || source == null) {
            return page;
        }
        byte[] read = new byte[PAGE_BYTES];
        if (source.readUpTo(number * PAGE_BYTES, read, 0, PAGE_BYTES) < PAGE_BYTES) {
            return null;
        }
        keep(number, read);
        return read;
    }

    private void keep(long number, byte[] page) {
        pages.put(number, page);
        order.add(page);
        numbers.add(number);
    }

    /** The places of the words in all pages that were asked for since the last call. */
    List<Integer> asked() {
        List<Integer> places = new ArrayList<>();
        for (long number : asked) {
            int first = placeOf(number * PAGE_BYTES);
            for (int at = 0; first >= 0 && at < PAGE_BYTES; at += Long.BYTES) {
                places.add(first + at);
            }
        }
        asked.clear();
        return places;
    }

    /** How many places there are. */
    int places() {
        return order.size() * PAGE_BYTES;
    }

    private int placeOf(long address) {
        int at = numbers.indexOf(Long.divideUnsigned(address, PAGE_BYTES));
        return at < 0 ? -1 : at * PAGE_BYTES + (int) (address & (PAGE_BYTES - 1));
    }

    /** Damages all places that the input names. */
    void damage(byte[] input, int from) {
        for (int at = from; at + PIECE_BYTES <= input.length; at += PIECE_BYTES) {
            int place = Integer.remainderUnsigned((int) I32.get(input, at), places());
            byte[] page = order.get(place / PAGE_BYTES);
            int inPage = Math.min(place % PAGE_BYTES, PAGE_BYTES - Long.BYTES);
            byte[] before = new byte[Long.BYTES];
            System.arraycopy(page, inPage, before, 0, Long.BYTES);
            damages.add(new Damage(page, inPage, before));
            System.arraycopy(input, at + Integer.BYTES, page, inPage, Long.BYTES);
        }
    }

    /** Undoes all damage. */
    void mend() {
        for (Damage damage : damages.reversed()) {
            System.arraycopy(damage.before(), 0, damage.page(), damage.at(), Long.BYTES);
        }
        damages.clear();
    }

    /** An input that changes nothing: places as they are. */
    byte[] pieces(List<Integer> places) {
        byte[] pieces = new byte[places.size() * PIECE_BYTES];
        for (int i = 0; i < places.size(); i++) {
            int place = places.get(i);
            I32.set(pieces, i * PIECE_BYTES, place);
            System.arraycopy(
                    order.get(place / PAGE_BYTES),
                    Math.min(place % PAGE_BYTES, PAGE_BYTES - Long.BYTES),
                    pieces,
                    i * PIECE_BYTES + Integer.BYTES,
                    Long.BYTES);
        }
        return pieces;
    }

    void write(DataOutputStream out) throws IOException {
        out.writeInt(order.size());
        for (Map.Entry<Long, byte[]> page : pages.entrySet()) {
            out.writeLong(page.getKey());
            out.write(page.getValue());
        }
    }

    static RecordedMemory read(DataInputStream in) throws IOException {
        RecordedMemory memory = new RecordedMemory(null);
        for (int left = in.readInt(); left > 0; left--) {
            memory.keep(in.readLong(), in.readNBytes(PAGE_BYTES));
        }
        return memory;
    }
}
