package dev.sonde.agent.jvm.names;

import static java.lang.foreign.ValueLayout.JAVA_BYTE;
import static java.lang.foreign.ValueLayout.JAVA_LONG;

import dev.sonde.agent.kernel.ffi.FfmLibc;
import dev.sonde.agent.kernel.ffi.Libc;
import java.lang.foreign.MemorySegment;
import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Proxy;
import java.util.Random;

/** The system's calls, but that memory of other processes comes with damaged bytes, or not at all: a JVM that lies. */
final class DamagedLibc {

    private static final int[] SPECIAL = {0, 1, 0x7f, 0x80, 0xff};

    private final Libc real = new FfmLibc();
    private final Random random;
    private final int oneIn;

    private DamagedLibc(long seed, int oneIn) {
        this.random = new Random(seed);
        this.oneIn = oneIn;
    }

    /** Damages one byte in so many, and has one call in as many fail. */
    static Libc of(long seed, int oneIn) {
        DamagedLibc damaged = new DamagedLibc(seed, oneIn);
        return (Libc) Proxy.newProxyInstance(
                Libc.class.getClassLoader(), new Class<?>[] {Libc.class}, (proxy, method, arguments) -> {
                    try {
                        Object result = method.invoke(damaged.real, arguments);
                        return method.getName().equals("processVmReadv")
                                ? damaged.damage((long) result, (MemorySegment) arguments[1])
                                : result;
                    } catch (InvocationTargetException e) {
                        throw e.getCause();
                    }
                });
    }

    @SuppressWarnings("restricted") // the buffer that the call has just filled
    private long damage(long read, MemorySegment iovec) {
        if (read <= 0) {
            return read;
        }
        if (random.nextInt(oneIn) == 0) {
            return random.nextInt((int) read);
        }
        MemorySegment bytes = MemorySegment.ofAddress(iovec.get(JAVA_LONG, 0)).reinterpret(read);
        for (long at = random.nextInt(2 * oneIn); at < read; at += 1 + random.nextInt(2 * oneIn)) {
            int value = random.nextBoolean() ? random.nextInt(256) : SPECIAL[random.nextInt(SPECIAL.length)];
            bytes.set(JAVA_BYTE, at, (byte) value);
        }
        return read;
    }
}
