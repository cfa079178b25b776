package dev.sonde.agent.jvm.names;

import dev.sonde.agent.jvm.layout.VmLayout;
import dev.sonde.agent.jvm.memory.ProcessMemory;
import dev.sonde.agent.jvm.memory.ProcessReadException;
import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.nio.ByteOrder;

/** Looks once more, past all that was read before, whether a thing is still what it was. One thread at a time. */
final class LiveFields {

    private static final VarHandle I32 = MethodHandles.byteArrayViewVarHandle(int[].class, ByteOrder.LITTLE_ENDIAN);
    private static final VarHandle I64 = MethodHandles.byteArrayViewVarHandle(long[].class, ByteOrder.LITTLE_ENDIAN);

    private final ProcessMemory memory;
    private final int constMethod;
    private final int constMethodBytes;
    private final int nmethodMethod;
    private final int nmethodCompileId;
    private final byte[] header;

    LiveFields(VmLayout layout, ProcessMemory memory) {
        this.memory = memory;
        this.constMethod = layout.method().constMethod();
        this.constMethodBytes = layout.method().constMethodBytes();
        this.nmethodMethod = layout.nmethod().method();
        this.nmethodCompileId = layout.nmethod().compileId();
        this.header = new byte[Math.max(nmethodMethod + Long.BYTES, nmethodCompileId + Integer.BYTES)];
    }

    /** Whether a method has its bytecodes at this address now. */
    boolean hasBytecodes(long method, long code) throws ProcessReadException {
        memory.read(method + constMethod, header, 0, Long.BYTES);
        return (long) I64.get(header, 0) + constMethodBytes == code;
    }

    /** Whether an nmethod is this compilation now. */
    boolean isNmethod(long blob, long method, int compileId) throws ProcessReadException {
        memory.read(blob, header, 0, header.length);
        return (long) I64.get(header, nmethodMethod) == method && (int) I32.get(header, nmethodCompileId) == compileId;
    }
}
