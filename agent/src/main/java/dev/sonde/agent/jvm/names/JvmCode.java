package dev.sonde.agent.jvm.names;

import dev.sonde.agent.aggregate.CodeLocation;
import dev.sonde.agent.jvm.code.BlobKind;
import dev.sonde.agent.jvm.code.BlobReader;
import dev.sonde.agent.jvm.code.CodeBlob;
import dev.sonde.agent.jvm.code.CodeHeaps;
import dev.sonde.agent.jvm.code.NmethodHeader;
import dev.sonde.agent.jvm.code.ScopeChain;
import dev.sonde.agent.jvm.code.ScopeReader;
import dev.sonde.agent.jvm.code.ScopeTable;
import dev.sonde.agent.jvm.layout.VmLayout;
import dev.sonde.agent.jvm.memory.MemoryPages;
import dev.sonde.agent.jvm.memory.ProcessMemory;
import dev.sonde.agent.jvm.memory.ProcessReadException;
import dev.sonde.agent.jvm.memory.ProcessReadException.Reason;
import dev.sonde.agent.kernel.code.FrameWord;
import dev.sonde.model.FrameKind;
import java.util.List;
import java.util.concurrent.atomic.AtomicLong;

/**
 * Names the Java frames of one JVM while it runs. Frames come as the words that the kernel put into a sample; they are
 * named soon after it, in rounds: what was read from the process in a round is not read again in it. One thread at a time.
 */
public final class JvmCode {

    /** 128 KiB a JVM that has new frames: what those of one round have in common. */
    private static final int PAGES = 32;

    /** The most that is worth keeping: some 12,000 frames of 6,000 methods, most of what a large application runs. */
    private static final long MOST_BYTES = 5L << 20;

    /** Frames are asked for with each sample, methods for a new frame alone: a third of the room is theirs. */
    private static final int METHODS_PART = 3;

    /** Some hundred compilations are where nearly all samples end. */
    private static final int SCOPES_PART = 8;

    /** Compilation levels of C1 (compiler/compilerDefinitions.hpp): 1 to 3; 4 is C2's. */
    private static final int LAST_C1_LEVEL = 3;

    /** Set in a first word's kind to tell callers from leaves: no kind is as large. */
    private static final long LEAF = 1L << 63;

    /**
     * Time that new frames of one round may take; what comes after stays nameless until the next. A JVM says itself how
     * deep its inlining is and how long its line tables are, and other processes' samples wait meanwhile.
     */
    private static final long MAX_ROUND_NANOS = 1_000_000_000L;

    private final MemoryPages pages;
    private final CodeHeaps heaps;
    private final BlobReader blobs;
    private final ScopeReader scopes;
    private final LineNumbers lines;
    private final ClassOrigins origins;
    private final MethodCache methods;
    private final FrameCache frames = new FrameCache(0);
    private final ScopeCache scopeCache = new ScopeCache();
    private final AtomicLong numbers;
    private final StubNames stubs;
    private final LiveFields live;
    private final ClassUnloading unloading;
    private final ScopeChain chain = new ScopeChain();

    private long namedNanos;

    /** Whether nothing of the frame that was named last is to be asked again. */
    private boolean complete;

    /** Whether all of its lines could be read. */
    private boolean linesRead;

    private JvmCode(VmLayout layout, ProcessMemory memory, ClassUnloading unloading, AtomicLong numbers) {
        this.numbers = numbers;
        this.unloading = unloading;
        pages = new MemoryPages(memory, PAGES);
        heaps = new CodeHeaps(layout, pages);
        blobs = new BlobReader(layout, pages);
        scopes = new ScopeReader(layout, pages);
        lines = new LineNumbers(pages, layout.scope().excludesZero());
        origins = new ClassOrigins(layout, memory, pages);
        methods = new MethodCache(new MethodReader(layout, pages, origins), 0);
        stubs = new StubNames(layout, pages, heaps, blobs);
        live = new LiveFields(layout, memory);
        limit(MOST_BYTES);
    }

    /** Names code of a process. The memory stays the caller's, who closes it when this is not used any more. */
    public static JvmCode open(VmLayout layout, ProcessMemory memory) {
        return open(layout, memory, VmLayout.ABSENT_ADDRESS, new AtomicLong());
    }

    /**
     * As {@link #open(VmLayout, ProcessMemory)}, with less to compare.
     *
     * @param unloadedClasses where the JVM counts the classes that it unloaded ({@code sun.cls.unloadedClasses} of its
     *     performance data), 8 bytes: methods that were named are compared with the process only when it has changed;
     *     ABSENT_ADDRESS where it does not, then in each round
     * @param numbers those that frames get, of all JVMs
     */
    public static JvmCode open(VmLayout layout, ProcessMemory memory, long unloadedClasses, AtomicLong numbers) {
        return new JvmCode(layout, memory, new ClassUnloading(memory, unloadedClasses), numbers);
    }

    /**
     * Keeps no more names than this from now on; fewer than so many are kept in any case.
     *
     * @param bytes of memory
     */
    public void limit(long bytes) {
        long most = Math.min(bytes, MOST_BYTES);
        frames.limit(most - most / METHODS_PART - most / SCOPES_PART);
        methods.limit(most / METHODS_PART);
        scopeCache.limit(most / SCOPES_PART);
    }

    /**
     * Begins a round: what was read before is read again when it is needed. Whoever resolves calls this before each bunch
     * of samples.
     */
    public void beginRound() {
        namedNanos = 0;
        pages.refresh();
        origins.beginRound();
        methods.beginRound();
        unloading.beginRound();
    }

    /** Before methods are asked for: what was known of them may be of others by now. */
    private void lookForUnloading() {
        if (unloading.mayHaveHappened()) {
            origins.forget();
            methods.compareAgain();
        }
    }

    /**
     * Names a frame of Java code.
     *
     * @param first its first word: kind {@link FrameWord#INTERPRETED} with a Method*, or {@link FrameWord#COMPILED} with
     *     the place in the code
     * @param second its second word: the bytecode's address, or Method* and the lower 16 bits of the compile id
     * @param leaf whether it is the innermost frame of the stack; a caller's place is its return address
     */
    public JavaFrame resolve(long first, long second, boolean leaf) {
        long key = leaf ? first | LEAF : first;
        try {
            JavaFrame.Named known = frames.get(key, second);
            if (known != null
                    && (FrameWord.kind(first) != FrameWord.INTERPRETED || isStill(known, FrameWord.payload(first)))) {
                return known;
            }
            if (namedNanos > MAX_ROUND_NANOS) {
                return JavaFrame.Unnamed.UNREADABLE;
            }
            Found found = name(first, second, leaf);
            if (found == null) {
                return JavaFrame.Unnamed.STALE;
            }
            JavaFrame.Named named =
                    new JavaFrame.Named(key, second, numbers.getAndIncrement(), found.kind, found.osr, found.lines);
            if (complete) {
                frames.put(named);
            }
            return named;
        } catch (ProcessReadException e) {
            return e.reason() == Reason.GONE || e.reason() == Reason.DENIED
                    ? JavaFrame.Unnamed.UNREADABLE
                    : JavaFrame.Unnamed.STALE;
        }
    }

    /** A frame's names. */
    private record Found(FrameKind kind, boolean osr, List<CodeLocation.Line> lines) {}

    private Found name(long first, long second, boolean leaf) throws ProcessReadException {
        long begin = System.nanoTime();
        complete = true;
        linesRead = true;
        lookForUnloading();
        try {
            return FrameWord.kind(first) == FrameWord.INTERPRETED
                    ? interpreted(FrameWord.payload(first), second)
                    : compiled(FrameWord.payload(first), second, leaf);
        } finally {
            namedNanos += System.nanoTime() - begin;
        }
    }

    /** The two words of a compiled frame name one compilation for good; those of an interpreted one are mere addresses. */
    private boolean isStill(JavaFrame.Named known, long method) throws ProcessReadException {
        lookForUnloading();
        return methods.isStill(method, known.lines().getLast().function());
    }

    private MethodEntry method(long address) throws ProcessReadException {
        MethodEntry entry = methods.get(address);
        complete &= entry.complete;
        return entry;
    }

    private Found interpreted(long method, long bcp) throws ProcessReadException {
        MethodEntry entry = method(method);
        long bci = bcp - entry.code;
        // A native method has no bytecode to point to; in a frame that is just being made the slot may be empty.
        boolean placed = bcp != 0 && !entry.isNative;
        if (placed && (bci < 0 || bci >= entry.codeBytes)) {
            return null;
        }
        int line = placed ? line(entry, (int) bci) : 0;
        if (!live.hasBytecodes(method, entry.code)) {
            return null;
        }
        return new Found(
                entry.isNative ? FrameKind.JVM_NATIVE : FrameKind.JVM_INTERPRETED,
                false,
                List.of(new CodeLocation.Line(entry.names, line)));
    }

    private Found compiled(long pc, long identity, boolean leaf) throws ProcessReadException {
        ScopeCache.Code code = leaf ? scopeCache.get(pc, identity) : null;
        ScopeCache.Scope scope = code == null ? null : code.scopeOfRunning(pc);
        List<CodeLocation.Line> known = scope == null ? null : lines(scope);
        return known == null ? compiled(pc, identity, leaf, code) : new Found(code.kind, code.osr, known);
    }

    /** @param code what is kept of its compilation; null where nothing is, or where it does not run */
    private Found compiled(long pc, long identity, boolean leaf, ScopeCache.Code code) throws ProcessReadException {
        heaps.readOnce();
        // A call may be the last instruction: its return address is behind it, in the next block perhaps.
        long blob = heaps.blobAt(leaf ? pc : pc - 1);
        if (blob == 0) {
            return null;
        }
        CodeBlob nmethod = blobs.read(blob);
        NmethodHeader header = nmethod.nmethod();
        if (header == null || !isSame(header, identity) || !nmethod.containsCode(leaf ? pc : pc - 1)) {
            return null;
        }
        scopes.open(nmethod);
        int number = scopes.scopeAt(pc, leaf);
        scopes.read(number, chain);
        boolean kept = code != null && code.isOf(nmethod);
        ScopeTable table = leaf && !kept ? scopes.table(ScopeCache.MOST_PLACES) : null;
        ScopeCache.Scope scope = scope(header);
        List<CodeLocation.Line> found = lines(scope);
        // All was read in the time that the code was there, if it is there still.
        if (found == null || !live.isNmethod(blob, header.method(), header.compileId())) {
            return null;
        }
        if (leaf && linesRead) {
            ScopeCache.Code own =
                    kept ? code : table == null ? null : scopeCache.add(identity, nmethod, kind(nmethod), table);
            if (own != null) {
                scopeCache.put(own, number, scope);
            }
        }
        return new Found(kind(nmethod), header.isOsr(), found);
    }

    /** Of the chain, or of the compiled method itself where nothing is recorded. */
    private ScopeCache.Scope scope(NmethodHeader header) throws ProcessReadException {
        int depth = Math.max(1, chain.depth());
        ScopeCache.Scope scope = new ScopeCache.Scope(new long[depth], new long[depth], new int[depth]);
        for (int level = 0; level < depth; level++) {
            boolean recorded = level < chain.depth();
            long address = recorded ? chain.method(level) : header.method();
            MethodEntry entry = method(address);
            scope.methods()[level] = address;
            scope.stamps()[level] = entry.stamp;
            scope.lines()[level] = recorded ? line(entry, chain.bci(level)) : 0;
        }
        return scope;
    }

    /** Null where one of the methods is another by now: its class was unloaded, and so was the code. */
    private List<CodeLocation.Line> lines(ScopeCache.Scope scope) throws ProcessReadException {
        CodeLocation.Line[] found = new CodeLocation.Line[scope.methods().length];
        for (int level = 0; level < found.length; level++) {
            MethodEntry entry = method(scope.methods()[level]);
            if (entry.stamp != scope.stamps()[level]) {
                return null;
            }
            found[level] = new CodeLocation.Line(entry.names, scope.lines()[level]);
        }
        return List.of(found);
    }

    private static boolean isSame(NmethodHeader header, long identity) {
        return header.method() == FrameWord.method(identity)
                && (header.compileId() & 0xffff) == FrameWord.compileId(identity);
    }

    private static FrameKind kind(CodeBlob nmethod) {
        if (nmethod.kind() == BlobKind.NATIVE_NMETHOD) {
            return FrameKind.JVM_NATIVE;
        }
        return nmethod.nmethod().compLevel() <= LAST_C1_LEVEL ? FrameKind.JVM_C1 : FrameKind.JVM_C2;
    }

    private int line(MethodEntry entry, int bci) {
        if (entry.lineBytes == 0) {
            return 0;
        }
        try {
            // Before the first bytecode stands for it (SynchronizationEntryBCI).
            return lines.line(entry.lines(), entry.lines() + entry.lineBytes, Math.max(bci, 0));
        } catch (ProcessReadException e) {
            // The name is certain without the line.
            linesRead = false;
            return 0;
        }
    }

    /**
     * The name of code in the code cache that is no Java frame: {@code Interpreter}, {@code vtable stub}, {@code
     * StubRoutines::jlong_disjoint_arraycopy}.
     *
     * @return null when the address is in no blob, or cannot be read
     */
    public String stub(long address) {
        try {
            heaps.readOnce();
            return stubs.name(address);
        } catch (ProcessReadException e) {
            return null;
        }
    }

    /** About what the names that are kept take. */
    public long nameBytes() {
        return frames.memoryBytes() + methods.memoryBytes() + scopeCache.memoryBytes();
    }

    /** About what is held in memory. */
    public long memoryBytes() {
        return nameBytes() + (PAGES << 12);
    }
}
