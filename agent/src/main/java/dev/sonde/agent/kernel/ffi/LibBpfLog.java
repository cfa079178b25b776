package dev.sonde.agent.kernel.ffi;

import static java.lang.foreign.ValueLayout.ADDRESS;
import static java.lang.foreign.ValueLayout.JAVA_BYTE;
import static java.lang.foreign.ValueLayout.JAVA_INT;
import static java.lang.foreign.ValueLayout.JAVA_LONG;

import java.lang.foreign.Arena;
import java.lang.foreign.FunctionDescriptor;
import java.lang.foreign.Linker;
import java.lang.foreign.MemorySegment;
import java.lang.invoke.MethodHandle;
import java.lang.invoke.MethodHandles;
import java.lang.invoke.MethodType;
import java.nio.charset.StandardCharsets;

/** Collects what libbpf prints; what the verifier objects to is only there. */
final class LibBpfLog {
    /** LIBBPF_DEBUG (bpf/libbpf.h); below it are warnings and information. */
    private static final int LEVEL_DEBUG = 2;

    /** Of one message: a verifier's log comes as one, and its end matters. The sampler's longest so far was 40 KiB. */
    private static final int MESSAGE_BYTES = 1 << 20;

    /** Kept of all messages; the last, since the verdict comes last. */
    private static final int KEPT_CHARS = 8 << 10;

    private static final MethodHandle VSNPRINTF = new Downcalls(
                    Linker.nativeLinker().defaultLookup())
            .bindPlain("vsnprintf", FunctionDescriptor.of(JAVA_INT, ADDRESS, JAVA_LONG, ADDRESS, ADDRESS));

    private final StringBuilder text = new StringBuilder();

    /** The callback for {@code libbpf_set_print}; C keeps it, so it is never freed. */
    @SuppressWarnings("restricted") // an upcall; its descriptor is libbpf_print_fn_t's
    MemorySegment callback() throws ReflectiveOperationException {
        MethodHandle print = MethodHandles.lookup()
                .findVirtual(
                        LibBpfLog.class,
                        "print",
                        MethodType.methodType(int.class, int.class, MemorySegment.class, MemorySegment.class))
                .bindTo(this);
        return Linker.nativeLinker()
                .upcallStub(print, FunctionDescriptor.of(JAVA_INT, JAVA_INT, ADDRESS, ADDRESS), Arena.global());
    }

    /** Called by libbpf: the format and its va_list are good only during the call. An exception here ends the JVM. */
    int print(int level, MemorySegment format, MemorySegment arguments) {
        if (level >= LEVEL_DEBUG) {
            return 0;
        }
        try (Arena arena = Arena.ofConfined()) {
            MemorySegment message = arena.allocate(MESSAGE_BYTES);
            int bytes = (int) VSNPRINTF.invokeExact(message, message.byteSize(), format, arguments);
            append(message, Math.clamp(bytes, 0, MESSAGE_BYTES - 1));
            return bytes;
        } catch (Throwable t) {
            return -1;
        }
    }

    private synchronized void append(MemorySegment message, int bytes) {
        int kept = Math.min(bytes, KEPT_CHARS);
        byte[] tail = message.asSlice(bytes - kept, kept).toArray(JAVA_BYTE);
        text.append(new String(tail, StandardCharsets.UTF_8));
        if (text.length() > KEPT_CHARS) {
            text.delete(0, text.length() - KEPT_CHARS);
        }
    }

    synchronized String take() {
        String taken = text.toString().strip();
        text.setLength(0);
        return taken;
    }
}
