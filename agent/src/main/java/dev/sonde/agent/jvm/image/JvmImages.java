package dev.sonde.agent.jvm.image;

import dev.sonde.agent.jvm.code.BlobChanges;
import dev.sonde.agent.jvm.code.BlobKind;
import dev.sonde.agent.jvm.code.BlobList;
import dev.sonde.agent.jvm.code.CodeBlob;
import dev.sonde.agent.jvm.code.CodeHeap;
import dev.sonde.agent.jvm.decode.InterpreterSlots;
import dev.sonde.agent.jvm.decode.JvmCodeReader;
import dev.sonde.agent.jvm.decode.JvmCodeView;
import dev.sonde.agent.jvm.decode.StableBlob;
import dev.sonde.agent.jvm.decode.StableCode;
import dev.sonde.agent.jvm.layout.LibJvm;
import dev.sonde.agent.jvm.layout.VmLayout;
import dev.sonde.agent.jvm.memory.MemoryPages;
import dev.sonde.agent.jvm.memory.ProcessMemory;
import dev.sonde.agent.jvm.memory.ProcessReadException;
import dev.sonde.agent.kernel.code.JvmImage;
import dev.sonde.agent.kernel.code.UnwindTableImage;
import dev.sonde.symbolizer.cfi.TableLayout;
import dev.sonde.symbolizer.cfi.UnwindRule;
import dev.sonde.symbolizer.cfi.UnwindRules;
import dev.sonde.symbolizer.cfi.UnwindTable;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;

/**
 * Makes what the unwinder is told of one JVM, and makes it anew when the JVM has got new stubs: what was decoded before
 * is not decoded again. One thread at a time.
 */
public final class JvmImages {

    private static final int PAGES = 64;

    private final VmLayout layout;
    private final MemoryPages pages;
    private final BlobList blobs;
    private final BlobChanges changes;
    private final JvmCodeReader reader;
    private final StableCode code = new StableCode();
    private final ThreadStorage storage;

    /** One of each kind of method, of the last listing: what was there before may be freed. */
    private final List<CodeBlob> methods = new ArrayList<>();

    private boolean settled;
    private long lastFingerprint;
    private long lastContents;

    /** Whether the code of the last blobs was the same twice. */
    private boolean codeSettled;

    /**
     * Images of a JVM; nothing is read yet but relocations of libjvm.
     *
     * @throws IOException when libjvm's file cannot be read
     */
    public JvmImages(LibJvm libjvm, VmLayout layout, ProcessMemory memory) throws IOException {
        this.layout = layout;
        this.pages = new MemoryPages(memory, PAGES);
        this.blobs = new BlobList(layout, memory);
        this.changes = new BlobChanges(blobs);
        this.reader = new JvmCodeReader(layout, memory);
        this.storage = ThreadStorage.of(libjvm);
    }

    /**
     * The image of the JVM as it is now; empty when it is as it was at the last call.
     *
     * @throws ProcessReadException when the process cannot be read, or has no code yet
     * @throws IOException when the table cannot be made
     */
    public Optional<JvmImage> next() throws IOException {
        boolean asBefore = settled;
        // Until all is read: what look() took note of is not told again.
        settled = false;
        boolean others = changes.look(blob -> !isMetMethod(blob.kind()));
        if (asBefore && !others) {
            settled = true;
            return Optional.empty();
        }
        Optional<JvmImage> image = changed();
        // Once more when nothing is new: what had its block only is written by then.
        settled = codeSettled && !others;
        return image;
    }

    /** Has the next call look at all that there is, although nothing seems new. */
    public void lookAgain() {
        settled = false;
        codeSettled = false;
    }

    /** Whether it is a kind of method of which there is one already: that is enough. */
    private boolean isMetMethod(BlobKind kind) {
        return methods.stream().anyMatch(method -> method.kind() == kind);
    }

    private Optional<JvmImage> changed() throws IOException {
        List<CodeBlob> some = stubs();
        some.addAll(methods);
        long fingerprint = fingerprint(some);
        if (fingerprint == lastFingerprint && codeSettled) {
            return Optional.empty();
        }
        // What was new at the last call may have been half written then: it is compared once more.
        JvmCodeView view = reader.read(some);
        long contents = contents(view);
        codeSettled = fingerprint == lastFingerprint && contents == lastContents;
        if (codeSettled) {
            return Optional.empty();
        }
        JvmImage image = make(view, blobs.heaps(), some);
        lastFingerprint = fingerprint;
        lastContents = contents;
        return Optional.of(image);
    }

    /** All that is no method, and on the way one method of each kind. */
    private List<CodeBlob> stubs() throws ProcessReadException {
        methods.clear();
        List<CodeBlob> found = blobs.read(blob -> {
            boolean isMethod = blob.kind().isNmethod();
            if (isMethod && !isMetMethod(blob.kind())) {
                methods.add(blob);
            }
            return !isMethod;
        });
        methods.sort(Comparator.comparing(CodeBlob::kind));
        return found;
    }

    /** A hash over what is there: the places of what is no method, and the kinds of methods. */
    private static long fingerprint(List<CodeBlob> blobs) {
        long hash = 0;
        for (CodeBlob blob : blobs) {
            hash = 31 * hash + (blob.kind().isNmethod() ? blob.kind().hashCode() : BlobChanges.hash(blob));
        }
        return hash;
    }

    /** A hash over the code that rules come of: that of inline caches is another all the time. */
    private static long contents(JvmCodeView view) {
        long hash = view.blobs().size();
        for (StableBlob blob : view.blobs()) {
            int code = StableCode.isFollowed(blob) ? Arrays.hashCode(blob.code()) : 0;
            hash = 31 * (31 * hash + blob.start()) + code;
        }
        return hash;
    }

    private JvmImage make(JvmCodeView view, List<CodeHeap> heaps, List<CodeBlob> some) throws IOException {
        StableCode.Result stable = code.decode(view);
        try (UnwindTable table = stable.table()) {
            InterpreterSlots slots = stable.slots()
                    .orElseThrow(() -> ProcessReadException.implausible(
                            "interpreter's code", view.codelets().size(), "codelets with the entry of a method"));
            byte[] description =
                    JvmDescription.of(layout, pages, heaps, some, table.layout().base(), slots, storage);
            long barrier = layout.continuation().returnBarrier();
            return new JvmImage(
                    blocks(table),
                    description,
                    JvmDescription.codeLow(heaps),
                    JvmDescription.codeEnd(heaps),
                    barrier == VmLayout.ABSENT_ADDRESS ? 0 : pages.i64(barrier));
        } finally {
            pages.rest();
        }
    }

    /** Copied: the table's memory is given up. */
    private static UnwindTableImage blocks(UnwindTable table) throws IOException {
        TableLayout at = table.layout();
        int perBlock = UnwindTableImage.BLOCK_BYTES / UnwindRule.BYTES;
        int ruleBlocks = (table.rules().size() + perBlock - 1) / perBlock;
        byte[][] all = new byte[at.blocks() + ruleBlocks][UnwindTableImage.BLOCK_BYTES];
        for (int i = 0; i < at.blocks(); i++) {
            table.readBlock(i, all[i]);
        }
        UnwindRules rules = table.rules();
        for (int i = 0; i < rules.size(); i++) {
            ByteBuffer block = ByteBuffer.wrap(all[at.blocks() + i / perBlock]).order(ByteOrder.LITTLE_ENDIAN);
            UnwindRule rule = rules.get(i);
            block.putLong(i % perBlock * UnwindRule.BYTES, rule.low());
            block.putLong(i % perBlock * UnwindRule.BYTES + Long.BYTES, rule.high());
        }
        return new UnwindTableImage(
                (number, into) -> System.arraycopy(all[number], 0, into, 0, into.length),
                all.length,
                at.rowBlocks(),
                at.blocks(),
                at.pages(),
                at.pageShift(),
                List.of());
    }
}
