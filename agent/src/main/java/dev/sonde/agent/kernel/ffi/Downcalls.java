package dev.sonde.agent.kernel.ffi;

import java.lang.foreign.Arena;
import java.lang.foreign.FunctionDescriptor;
import java.lang.foreign.Linker;
import java.lang.foreign.MemoryLayout;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.StructLayout;
import java.lang.foreign.SymbolLookup;
import java.lang.foreign.ValueLayout;
import java.lang.invoke.MethodHandle;

/** Binds functions of one library so that each call also leaves its errno. */
final class Downcalls {
    private static final StructLayout STATE = Linker.Option.captureStateLayout();
    private static final long ERRNO_OFFSET = STATE.byteOffset(MemoryLayout.PathElement.groupElement("errno"));

    private final SymbolLookup library;

    Downcalls(SymbolLookup library) {
        this.library = library;
    }

    /** The function; its first parameter, before the C ones, is the memory of {@link #newState}. */
    MethodHandle bind(String symbol, FunctionDescriptor type) {
        return link(symbol, type, Linker.Option.captureCallState("errno"));
    }

    /** As {@link #bind}, for a variadic function. */
    MethodHandle bindVariadic(String symbol, FunctionDescriptor type, int firstVariadic) {
        return link(
                symbol, type, Linker.Option.captureCallState("errno"), Linker.Option.firstVariadicArg(firstVariadic));
    }

    /** The function without errno. */
    MethodHandle bindPlain(String symbol, FunctionDescriptor type) {
        return link(symbol, type);
    }

    // Restricted because a wrong descriptor crashes the process; each stands beside its C declaration.
    @SuppressWarnings("restricted")
    private MethodHandle link(String symbol, FunctionDescriptor type, Linker.Option... options) {
        MemorySegment address = library.find(symbol)
                .orElseThrow(() -> new UnsatisfiedLinkError("symbol " + symbol + " (expected: in the library)"));
        return Linker.nativeLinker().downcallHandle(address, type, options);
    }

    /** Memory for the errno of one call. */
    static MemorySegment newState(Arena arena) {
        return arena.allocate(STATE);
    }

    /** The result, or the negated errno when the C function signals failure by -1. */
    static long orErrno(long result, MemorySegment state) {
        return result == -1 ? -errno(state) : result;
    }

    static int errno(MemorySegment state) {
        return state.get(ValueLayout.JAVA_INT, ERRNO_OFFSET);
    }

    /** What an invocation threw: downcalls declare Throwable but throw only unchecked ones. */
    static AssertionError unexpected(Throwable thrown) {
        return new AssertionError("native call", thrown);
    }
}
