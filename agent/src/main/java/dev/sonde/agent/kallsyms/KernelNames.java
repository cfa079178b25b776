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
 * Names kernel addresses. The symbols are read at the first question. Modules and BPF programs come and go: an address
 * outside of the kernel's own functions is named only if no such code was loaded since the reading. If some was, the
 * symbols are read again, rate-limited; until then there is no name rather than a neighbour's. Not thread-safe.
 */
public final class KernelNames implements KernelSymbols {
    private static final Logger LOG = LoggerFactory.getLogger(KernelNames.class);

    /** Reading 64,000 functions takes about 0.1 s of one CPU: at most 0.3 % of it. */
    private static final Duration MIN_AGE = Duration.ofSeconds(30);

    /** Nothing announces what the kernel generates for tracing: its names are never older than this. */
    private static final Duration MAX_AGE = Duration.ofMinutes(5);

    /** Questions of one poll come together, behind all of its samples: one check does for them. */
    private static final Duration CHECKED_FOR = Duration.ofMillis(10);

    private static final CodeMapping KERNEL = CodeMapping.ofKind(FrameKind.KERNEL);
    private static final CodeMapping BPF = CodeMapping.ofKind(FrameKind.BPF);
    private static final CodeLocation UNKNOWN = CodeLocation.ofName(KERNEL, "[unknown]");

    private final Path file;
    private final LongSupplier nanoTime;
    private final LoadedCode loaded;
    private final Int2ObjectOpenHashMap<CodeLocation> locations = new Int2ObjectOpenHashMap<>();
    private SymbolTable symbols;
    private long readNanos;
    private long readModules;
    private long readPrograms;
    private long checkedNanos;
    private boolean modulesKnown;
    private boolean programsKnown;

    KernelNames(Path file, LongSupplier nanoTime, LoadedCode loaded) {
        this.file = file;
        this.nanoTime = nanoTime;
        this.loaded = loaded;
    }

    /** The names of the kernel that runs. */
    public static KernelNames ofThisKernel() {
        return new KernelNames(KallsymsReader.FILE, System::nanoTime, LoadedCode.ofThisKernel());
    }

    /** The function at an address, {@code [unknown]} where none is known; the same object for the same function. */
    @Override
    public CodeLocation of(long address) {
        if (symbols == null) {
            read();
        }
        int symbol = symbols.find(address);
        boolean loadable = Long.compareUnsigned(address, SymbolTable.LOWEST_ADDRESS) >= 0;
        if (loadable && (symbol == SymbolTable.NONE || symbols.owner(symbol) != SymbolTable.KERNEL)) {
            check();
            symbol = symbols.find(address);
        }
        if (symbol == SymbolTable.NONE || !isKnown(symbols.owner(symbol))) {
            return UNKNOWN;
        }
        CodeLocation location = locations.get(symbol);
        if (location == null) {
            location =
                    CodeLocation.ofName(symbols.owner(symbol) == SymbolTable.BPF ? BPF : KERNEL, symbols.name(symbol));
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

    private boolean isKnown(int owner) {
        return switch (owner) {
            case SymbolTable.KERNEL -> true;
            case SymbolTable.BPF -> programsKnown;
            default -> modulesKnown;
        };
    }

    /** Finds out whether code was loaded since the reading, and reads again if so and it is time. */
    private void check() {
        long now = nanoTime.getAsLong();
        if (now - checkedNanos < CHECKED_FOR.toNanos()) {
            return;
        }
        checkedNanos = now;
        long modules = loaded.modules();
        long programs = loaded.programs();
        long age = now - readNanos;
        boolean changed = modules != readModules || programs != readPrograms;
        if (age > MAX_AGE.toNanos() || (changed && age > MIN_AGE.toNanos())) {
            read();
        } else {
            modulesKnown = modules == readModules && modules != LoadedCode.UNKNOWN;
            programsKnown = programs == readPrograms && programs != LoadedCode.UNKNOWN;
        }
    }

    private void read() {
        readNanos = nanoTime.getAsLong();
        checkedNanos = readNanos;
        // Before the symbols: what is loaded meanwhile then counts as loaded later.
        readModules = loaded.modules();
        readPrograms = loaded.programs();
        modulesKnown = readModules != LoadedCode.UNKNOWN;
        programsKnown = readPrograms != LoadedCode.UNKNOWN;
        locations.clear();
        try {
            symbols = KallsymsReader.read(file);
        } catch (IOException e) {
            LOG.warn("no names for kernel code: {}", e.getMessage());
            symbols = SymbolTable.EMPTY;
        }
    }
}
