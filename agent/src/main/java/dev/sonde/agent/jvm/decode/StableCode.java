package dev.sonde.agent.jvm.decode;

import dev.sonde.agent.jvm.code.BlobKind;
import dev.sonde.agent.jvm.decode.flow.FrameRule;
import dev.sonde.symbolizer.cfi.TableBlocks;
import dev.sonde.symbolizer.cfi.TableBuilder;
import dev.sonde.symbolizer.cfi.TableLayout;
import dev.sonde.symbolizer.cfi.UnwindRules;
import dev.sonde.symbolizer.cfi.UnwindTable;
import it.unimi.dsi.fastutil.longs.Long2ObjectOpenHashMap;
import java.io.IOException;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/**
 * Makes the unwind table of a JVM's stable code: the interpreter, stubs, adapters. What was decoded is kept, so that
 * making it anew when adapters were added costs those alone. One thread at a time.
 */
public final class StableCode {

    /** The interpreter and the largest stubs have 100 KiB each. */
    static final int MAX_BLOB_BYTES = 1 << 20;

    /** 2,500 adapters have 2 MiB, the rest less than one. */
    static final long MAX_BYTES = 16L << 20;

    /** Code caches reserve at most 2 GiB (CODE_CACHE_SIZE_LIMIT, globals.hpp), and tables reach no further. */
    private static final long MAX_SPAN_BYTES = 2L << 30;

    /** The page index is to take no more than an eighth of what the rows take. */
    private static final int INDEX_SHARE = 8;

    private static final String INTERPRETER = "Interpreter";

    /** What comes and goes in them has no frame: a move and a jump (icBuffer_x86.cpp), moves (interpreterRT_x86_64.cpp). */
    private static final Set<String> FRAMELESS = Set.of("InlineCacheBuffer", "native signature handlers");

    /** By where blobs start. */
    private Long2ObjectOpenHashMap<KeptRules> decoded = new Long2ObjectOpenHashMap<>();

    private KeptRules.Pool pool = new KeptRules.Pool();

    /**
     * The outcome.
     *
     * @param table rules by the process's addresses; the caller closes it
     * @param slots of interpreter frames; empty where the interpreter was not recognised
     */
    public record Result(UnwindTable table, Coverage coverage, Optional<InterpreterSlots> slots) {}

    /** Decodes the code, of which unknown parts stay uncovered. */
    public Result decode(JvmCodeView view) throws IOException {
        List<StableBlob> blobs = inOrder(view.blobs());
        Optional<InterpreterSlots> slots = slots(view);
        Long2ObjectOpenHashMap<KeptRules> next = new Long2ObjectOpenHashMap<>();
        Coverage.Sum coverage = new Coverage.Sum();
        List<CodeRules> rules = new ArrayList<>();
        long bytes = 0;
        for (StableBlob blob : blobs) {
            bytes += blob.code().length;
            CodeRules found = blob.code().length > MAX_BLOB_BYTES || bytes > MAX_BYTES
                    ? CodeRules.unknown(UnknownCode.TOO_LARGE, blob.code().length)
                    : known(blob, view, slots, next);
            rules.add(found);
            coverage.add(blob, found);
        }
        decoded = next;
        if (pool.isFull()) {
            // Of blobs that are gone, or of a JVM that lies: the next time begins anew.
            decoded = new Long2ObjectOpenHashMap<>();
            pool = new KeptRules.Pool();
        }
        return new Result(table(blobs, rules), coverage.coverage(), slots);
    }

    /** Ascending, without those that overlap another or lie too far away: a JVM may lie. */
    private static List<StableBlob> inOrder(List<StableBlob> blobs) {
        List<StableBlob> sorted = new ArrayList<>(blobs);
        sorted.sort(Comparator.comparingLong(StableBlob::start));
        List<StableBlob> kept = new ArrayList<>();
        for (StableBlob blob : sorted) {
            boolean first = kept.isEmpty();
            if (blob.code().length > 0
                    && blob.start() >= 0
                    && blob.end() > blob.start()
                    && (first || blob.start() >= kept.getLast().end())
                    && (first || blob.end() - kept.getFirst().start() <= MAX_SPAN_BYTES)) {
                kept.add(blob);
            }
        }
        return kept;
    }

    private static Optional<InterpreterSlots> slots(JvmCodeView view) {
        for (StableBlob blob : view.blobs()) {
            if (blob.name().equals(INTERPRETER)) {
                return InterpreterCode.slots(blob, view.codelets());
            }
        }
        return Optional.empty();
    }

    private CodeRules known(
            StableBlob blob,
            JvmCodeView view,
            Optional<InterpreterSlots> slots,
            Long2ObjectOpenHashMap<KeptRules> next) {
        KeptRules before = decoded.get(blob.start());
        if (before != null && before.areOf(blob)) {
            next.put(blob.start(), before);
            return before.rules(pool);
        }
        CodeRules rules = rules(blob, view, slots);
        KeptRules kept = KeptRules.of(blob, rules, pool);
        if (kept != null) {
            next.put(blob.start(), kept);
        }
        return rules;
    }

    private static CodeRules rules(StableBlob blob, JvmCodeView view, Optional<InterpreterSlots> slots) {
        if (blob.name().equals(INTERPRETER)) {
            return slots.map(s -> InterpreterCode.rules(blob, view.codelets(), s))
                    .orElseGet(() -> CodeRules.unknown(UnknownCode.NOT_REACHED, blob.code().length));
        }
        if (!isFollowed(blob)) {
            return CodeRules.whole(FrameRule.FRAMELESS, blob.code().length);
        }
        return StubCode.rules(blob, view);
    }

    /** Whether a blob's rules come of its instructions; else they are the same whatever these are. */
    public static boolean isFollowed(StableBlob blob) {
        return blob.kind() != BlobKind.VTABLE && !FRAMELESS.contains(blob.name());
    }

    private static UnwindTable table(List<StableBlob> blobs, List<CodeRules> rules) throws IOException {
        long start = blobs.isEmpty() ? 0 : blobs.getFirst().start();
        long span = blobs.isEmpty() ? 1 : blobs.getLast().end() - start;
        long rows = rules.stream().mapToLong(CodeRules::rows).sum();
        int shift = pageShift(span, rows);
        while (true) {
            try {
                return table(blobs, rules, shift, (int) ((span - 1) >>> shift) + 1);
            } catch (TableBuilder.PageOverflowException e) {
                shift--;
            }
        }
    }

    /** The smallest pages whose index stays small beside the rows. */
    private static int pageShift(long span, long rows) {
        long pages = Math.max(1, rows * Integer.BYTES / INDEX_SHARE / Long.BYTES);
        int shift = TableLayout.MIN_PAGE_SHIFT;
        while (shift < TableLayout.MAX_PAGE_SHIFT && span >>> shift > pages) {
            shift++;
        }
        return shift;
    }

    private static UnwindTable table(List<StableBlob> blobs, List<CodeRules> rules, int shift, int pages)
            throws IOException {
        UnwindRules numbers = new UnwindRules();
        TableBlocks.Heap heap = new TableBlocks.Heap();
        TableBuilder table =
                new TableBuilder(blobs.isEmpty() ? 0 : blobs.getFirst().start(), shift, pages, heap);
        for (int i = 0; i < blobs.size(); i++) {
            StableBlob blob = blobs.get(i);
            CodeRules found = rules.get(i);
            for (int row = 0; row < found.rows(); row++) {
                int number = numbers.intern(found.rule(row));
                table.row(blob.start() + found.offset(row), number < 0 ? UnwindRules.UNSUPPORTED : number);
            }
            table.row(blob.end(), UnwindRules.UNCOVERED);
        }
        return UnwindTable.of(table.finish(numbers.size()), numbers, heap);
    }
}
