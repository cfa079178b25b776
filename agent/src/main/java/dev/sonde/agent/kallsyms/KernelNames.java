package dev.sonde.agent.kallsyms;

import dev.sonde.agent.aggregate.CodeLocation;
import dev.sonde.agent.aggregate.CodeMapping;
import dev.sonde.agent.aggregate.KernelSymbols;
import dev.sonde.model.FrameKind;
import it.unimi.dsi.fastutil.ints.Int2ObjectOpenHashMap;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.function.LongSupplier;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Names kernel addresses. The symbols are read at the first question. Modules and BPF programs come and go, so they are
 * read again when a question hits their part of the address space and they are some minutes old. Not thread-safe.
 */
public final class KernelNames implements KernelSymbols {
    private static final Logger LOG = LoggerFactory.getLogger(KernelNames.class);

    /** Reading takes about 0.1 s of one CPU: at most 0.03 % of it. */
    private static final Duration MAX_AGE = Duration.ofMinutes(5);

    /** Below are the kernel's own functions, which stay; from here on modules and BPF programs (mm.rst, x86-64). */
    private static final long MODULES = 0xffffffffc0000000L;

    private static final CodeMapping KERNEL = CodeMapping.ofKind(FrameKind.KERNEL);
    private static final CodeMapping BPF = CodeMapping.ofKind(FrameKind.BPF);
    private static final CodeLocation UNKNOWN = CodeLocation.ofName(KERNEL, "[unknown]");

    private final Path file;
    private final LongSupplier nanoTime;
    private final Int2ObjectOpenHashMap<CodeLocation> locations = new Int2ObjectOpenHashMap<>();
    private SymbolTable symbols;
    private long readNanos;

    KernelNames(Path file, LongSupplier nanoTime) {
        this.file = file;
        this.nanoTime = nanoTime;
    }

    /** The names of the kernel that runs. */
    public static KernelNames ofThisKernel() {
        return new KernelNames(KallsymsReader.FILE, System::nanoTime);
    }

    /** The function at an address, {@code [unknown]} where none is known; the same object for the same function. */
    @Override
    public CodeLocation of(long address) {
        if (symbols == null || (Long.compareUnsigned(address, MODULES) >= 0 && isOld())) {
            read();
        }
        int symbol = symbols.find(address);
        if (symbol == SymbolTable.NONE) {
            return UNKNOWN;
        }
        CodeLocation location = locations.get(symbol);
        if (location == null) {
            location = CodeLocation.ofName(symbols.isBpf(symbol) ? BPF : KERNEL, symbols.name(symbol));
            locations.put(symbol, location);
        }
        return location;
    }

    /** How many functions have names; 0 where the kernel hides its addresses. Reads them if need be. */
    public int size() {
        if (symbols == null) {
            read();
        }
        return symbols.size();
    }

    /** Why there are no names; empty where there are. For reports: reads them anew. */
    public static String missing() {
        try {
            int functions = KallsymsReader.read(KallsymsReader.FILE).size();
            return functions > 0 ? "" : KallsymsReader.FILE + ": no functions";
        } catch (IOException e) {
            return e.getMessage();
        }
    }

    private boolean isOld() {
        return nanoTime.getAsLong() - readNanos > MAX_AGE.toNanos();
    }

    private void read() {
        readNanos = nanoTime.getAsLong();
        locations.clear();
        try {
            symbols = KallsymsReader.read(file);
        } catch (IOException e) {
            LOG.warn("no names for kernel code: {}", e.getMessage());
            symbols = SymbolTable.EMPTY;
        }
    }
}
