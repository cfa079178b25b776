package dev.sonde.agent.jvm.names;

import dev.sonde.agent.aggregate.CodeLocation;
import dev.sonde.agent.jvm.layout.MethodLayout;
import dev.sonde.agent.jvm.layout.VmLayout;
import dev.sonde.agent.jvm.memory.MemoryPages;
import dev.sonde.agent.jvm.memory.ProcessReadException;
import java.util.function.UnaryOperator;

/** Reads a Method: its class, name, signature and source file, and where its bytecodes are. One thread at a time. */
final class MethodReader {

    /** JVMS table 4.6-A. */
    private static final long ACC_NATIVE = 0x100;

    /** code_length is below 65,536 (JVMS 4.7.3); all other parts of a ConstMethod have lengths of 16 bits too. */
    private static final int MAX_CONST_METHOD_BYTES = 16 << 20;

    /** constant_pool_count has 16 bits (JVMS 4.1); redefinition merges pools up to that. */
    private static final int MAX_POOL = 0xffff;

    private final MethodLayout layout;
    private final MemoryPages pages;
    private final SymbolReader symbols;
    private final ClassOrigins origins;

    private long constMethod;
    private long holder;
    private long classPool;
    private int codeBytes;
    private long className;
    private long name;
    private long signature;
    private long stamp;

    MethodReader(VmLayout layout, MemoryPages pages, ClassOrigins origins) {
        this.origins = origins;
        this.layout = layout.method();
        this.pages = pages;
        this.symbols = new SymbolReader(this.layout, pages);
    }

    /** A hash over what makes the method at an address; it changes when another takes its place. */
    long stamp(long method) throws ProcessReadException {
        locate(method);
        return stamp;
    }

    /**
     * The method at an address.
     *
     * @param paths gives equal paths of sources as one text
     * @throws ProcessReadException when it cannot be read, or what stands there is no method
     */
    MethodEntry read(long method, int round, UnaryOperator<String> paths) throws ProcessReadException {
        locate(method);
        long code = constMethod + layout.constMethodBytes();
        long end = constMethod + (long) pages.i32(constMethod + layout.constMethodWords()) * Long.BYTES;
        if (end < code + codeBytes || end - constMethod > MAX_CONST_METHOD_BYTES) {
            throw ProcessReadException.implausible(
                    "ConstMethod::_constMethod_size", end - constMethod, "more than the bytecodes' " + codeBytes);
        }
        boolean hasLines = (layout.flags().unsigned(pages, constMethod) & layout.lineNumbersFlag()) != 0;
        String origin = origins.of(holder);
        String stableName = StableNames.ofClass(symbols.text(className));
        String path = MethodNames.path(stableName, sourceFile(), origin == null ? "" : origin);
        CodeLocation.Function names = MethodNames.function(
                stableName + "." + symbols.text(name) + symbols.text(signature), paths.apply(path));
        boolean isNative = (layout.accessFlags().unsigned(pages, method) & ACC_NATIVE) != 0;
        int lineBytes = hasLines ? (int) (end - code) - codeBytes : 0;
        return new MethodEntry(names, stamp, code, codeBytes, lineBytes, isNative, origin != null, round);
    }

    private void locate(long method) throws ProcessReadException {
        constMethod = pointer("Method::_constMethod", method + layout.constMethod());
        long pool = pointer("ConstMethod::_constants", constMethod + layout.constants());
        holder = pointer("ConstantPool::_pool_holder", pool + layout.poolHolder());
        // A class and its pool point at each other: memory that was given to another use does not. The method's own
        // pool
        // may be another, as that of method-handle intrinsics is.
        classPool = pointer("InstanceKlass::_constants", holder + layout.klassConstants());
        if (pages.i64(classPool + layout.poolHolder()) != holder) {
            throw ProcessReadException.implausible("InstanceKlass::_constants", classPool, "the class's own pool");
        }
        codeBytes = pages.u16(constMethod + layout.codeSize());
        className = pointer("Klass::_name", holder + layout.klassName());
        name = symbol(pool, pages.u16(constMethod + layout.nameIndex()));
        signature = symbol(pool, pages.u16(constMethod + layout.signatureIndex()));
        long hash = mix(mix(mix(codeBytes, constMethod), pool), holder);
        hash = mix(mix(mix(hash, className), name), signature);
        stamp = mix(mix(mix(hash, symbols.hash(className)), symbols.hash(name)), symbols.hash(signature));
    }

    private static long mix(long hash, long value) {
        return (hash ^ value) * 0x9e3779b97f4a7c15L + (hash >>> 29);
    }

    private long pointer(String field, long at) throws ProcessReadException {
        long value = pages.i64(at);
        if (value == 0) {
            throw ProcessReadException.implausible(field, value, "a pointer");
        }
        return value;
    }

    private long symbol(long pool, int index) throws ProcessReadException {
        int length = pages.i32(pool + layout.poolLength());
        if (length <= 0 || length > MAX_POOL) {
            throw ProcessReadException.implausible("ConstantPool::_length", length, "1 to " + MAX_POOL);
        }
        if (index == 0 || index >= length) {
            throw ProcessReadException.implausible("index in the constant pool", index, "1 to " + (length - 1));
        }
        return pages.i64(pool + layout.poolBytes() + (long) index * Long.BYTES);
    }

    private String sourceFile() throws ProcessReadException {
        int index = layout.poolSourceFile() != VmLayout.ABSENT
                ? pages.u16(classPool + layout.poolSourceFile())
                : pages.u16(holder + layout.klassSourceFile());
        return index == 0 ? "" : symbols.text(symbol(classPool, index));
    }
}
