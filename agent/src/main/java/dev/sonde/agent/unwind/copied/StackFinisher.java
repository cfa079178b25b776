package dev.sonde.agent.unwind.copied;

import dev.sonde.agent.kernel.StackOutcome;
import dev.sonde.agent.kernel.code.FileId;
import dev.sonde.agent.kernel.code.JvmImage;
import dev.sonde.agent.kernel.code.MappedArea;
import dev.sonde.agent.kernel.code.MappedCode;
import dev.sonde.agent.kernel.code.ProcessCode;
import dev.sonde.agent.kernel.code.UnwindTableImage;
import dev.sonde.agent.unwind.host.HostCode;
import dev.sonde.agent.unwind.host.HostMemory;
import dev.sonde.agent.unwind.host.HostStack;
import dev.sonde.agent.unwind.host.HostTable;
import dev.sonde.agent.unwind.host.HostUnwinder;
import java.io.IOException;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.IntFunction;
import java.util.function.Predicate;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Unwinds copied stacks: has the tables made that are missed, and knows what each process had mapped. One thread, the one
 * that makes tables.
 */
public final class StackFinisher implements AutoCloseable {

    private static final Logger LOG = LoggerFactory.getLogger(StackFinisher.class);

    /** Longest copy: SONDE_MAX_STACK_BYTES. */
    private static final int MAX_STACK_BYTES = 32768;

    /** A process that has mapped a JVM is seen to have it within so long: its maps are read 10 times a second. */
    private static final long RECOGNISED_NANOS = 300_000_000L;

    private static final CopiedStack.Result FAILED = new CopiedStack.Result(CopyEvent.FAILED, null);
    private static final CopiedStack.Result NO_JVM = new CopiedStack.Result(CopyEvent.NO_JVM, null);

    /** After what is new, more is to come for so long: stacks of the same program, other files of it. */
    private static final long QUIET_NANOS = 1_000_000_000L;

    /** Without a stack or a process for so long, tables and processes are forgotten. */
    private static final long IDLE_NANOS = 5_000_000_000L;

    private final CopiedStacks stacks;
    private final IntFunction<Optional<ProcessCode>> listing;
    private final TableKeeper keeper;
    private final Predicate<FileId> answering;
    private final long maxTableBytes;
    private final ProcessViews processes = new ProcessViews();
    private final Map<FileId, HostTable> tables = new HashMap<>();
    private final WaitingStacks waiting;

    private Arena tableArena;
    private long tableBytes;
    private long usedNanos = System.nanoTime();
    private Native unwinder;
    private boolean unwinderFailed;

    private volatile JvmImages jvms = JvmImages.none();

    /** The unwinder and the memory that it reads from. */
    private record Native(HostUnwinder unwinder, MemorySegment registers, MemorySegment stack) {
        static Native load() {
            Arena arena = Arena.ofAuto();
            return new Native(
                    new HostUnwinder(),
                    arena.allocate(HostUnwinder.REGISTERS_AND_FS_BASE_BYTES, Long.BYTES),
                    arena.allocate(MAX_STACK_BYTES, Long.BYTES));
        }

        /** @param pid of whom code is read, 0 for nobody */
        HostStack unwind(CopiedStack copied, HostCode process, int pid) {
            copied.registersInto(registers);
            HostMemory memory = new HostMemory(copied.start(), copied.stackInto(stack));
            return unwinder.unwind(registers, List.of(memory), process, pid);
        }
    }

    /**
     * @param listing the code that a process has mapped now, by its pid; empty when it is gone
     * @param answering whether a file is of a file system that always answers
     * @param maxTableBytes of tables read back from the kernel; beyond it, between two stacks, all are given up and read
     *     anew. Less than the kernel may hold would give up its largest after every stack
     */
    public StackFinisher(
            CopiedStacks stacks,
            IntFunction<Optional<ProcessCode>> listing,
            TableKeeper keeper,
            Predicate<FileId> answering,
            long maxTableBytes) {
        this.stacks = stacks;
        this.waiting = new WaitingStacks(stacks.limits());
        this.listing = listing;
        this.keeper = keeper;
        this.answering = answering;
        this.maxTableBytes = maxTableBytes;
    }

    /** What a process has mapped, empty when it is gone. It is remembered: a stack of it may come when it is gone. */
    public List<MappedArea> remember(int pid) {
        ProcessView view = list(pid);
        usedNanos = System.nanoTime();
        return view == null ? List.of() : view.code().areas();
    }

    /** Has Java frames unwound, too, from now on. From any thread. */
    public void knowJvms(JvmImages images) {
        jvms = images;
    }

    /** Whether no process was remembered and no stack came for a second. */
    public boolean isIdle() {
        return System.nanoTime() - usedNanos >= QUIET_NANOS;
    }

    /** Finishes the stacks that wait. */
    public void finishWaiting() {
        finishOfJvms();
        CopiedStack stack = stacks.poll();
        if (stack != null) {
            usedNanos = System.nanoTime();
        }
        while (stack != null) {
            finish(stack);
            stack = stacks.poll();
        }
        if (System.nanoTime() - usedNanos >= IDLE_NANOS) {
            forgetTables();
            processes.clear();
        }
    }

    /** Those that waited for a JVM which is known by now, or will not be. */
    private void finishOfJvms() {
        if (waiting.isEmpty()) {
            return;
        }
        usedNanos = System.nanoTime();
        for (CopiedStack stack : waiting.takeReady(this::jvmMayCome)) {
            if (!isJvmKnown(stack)) {
                stack.finish(stack.pending() ? stack.provisional() : NO_JVM);
            } else {
                finish(stack);
            }
        }
    }

    private boolean jvmMayCome(CopiedStack stack) {
        // First: when it does not come any more it is there, or never will be.
        boolean mayCome = jvms.mayCome(stack.pid(), stack.processStartNanos())
                || System.nanoTime() - stack.timeNanos() < RECOGNISED_NANOS;
        return mayCome && !isJvmKnown(stack);
    }

    private boolean isJvmKnown(CopiedStack stack) {
        return jvms.image(stack.pid(), stack.processStartNanos(), JvmImages.ANY_STACK_TOP) != null;
    }

    /** The JVM of the program that was listed; null where that is not known. */
    private JvmImage jvmOf(CopiedStack stack, ProcessView process) {
        return jvms.image(stack.pid(), stack.processStartNanos(), process.code().stackTop());
    }

    private void finish(CopiedStack stack) {
        try {
            unwind(stack);
        } catch (IOException | RuntimeException e) {
            LOG.debug("a stack of process {} is not finished", stack.pid(), e);
            stack.finish(FAILED);
        }
        if (tableBytes > maxTableBytes) {
            forgetTables();
        }
    }

    private void unwind(CopiedStack stack) throws IOException {
        Optional<Native> loaded = unwinder();
        if (loaded.isEmpty()) {
            stack.finish(FAILED);
            return;
        }
        boolean waits = jvmMayCome(stack);
        if (!waits && !stack.pending() && !isJvmKnown(stack)) {
            stack.finish(NO_JVM);
            return;
        }
        ProcessView known = processes.get(stack.pid());
        boolean serves = known != null && known.serves(stack);
        ProcessView process = serves ? learning(known, stack) : listFor(stack, known);
        HostStack found = walk(loaded.get(), stack, process, waits);
        if (serves && found.outcome() == StackOutcome.NOT_MAPPED && process.isOlderThan(stack)) {
            process = listFor(stack, process);
            found = walk(loaded.get(), stack, process, waits);
        }
        if (waits && found.outcome() == StackOutcome.TABLE_PENDING && endsInMemory(found, process)) {
            if (stack.pending()) {
                // By frame pointers now, while there is a process whose code can be looked at: no JVM may come.
                stack.provide(result(stack, process, walk(loaded.get(), stack, process, false)));
            }
            if (!waiting.add(stack)) {
                FinishedStack byPointers = stack.pending() ? stack.provisional().stack() : null;
                stack.finish(new CopiedStack.Result(CopyEvent.JVM_QUEUE_FULL, byPointers));
            }
            return;
        }
        // Without the program's own JVM it is no better than what the sampling program had of the living process.
        boolean better = stack.pending() || (!waits && jvmOf(stack, process) != null);
        stack.finish(better ? result(stack, process, found) : NO_JVM);
    }

    private static CopiedStack.Result result(CopiedStack stack, ProcessView process, HostStack found) {
        if (found.outcome() == StackOutcome.NOT_MAPPED && process.isOlderThan(stack)) {
            // Mapped after the listing, more likely than a wrong address.
            return new CopiedStack.Result(CopyEvent.PROCESS_GONE, null);
        }
        CopyEvent event = found.outcome() == StackOutcome.TABLE_PENDING ? CopyEvent.NO_TABLE : CopyEvent.FINISHED;
        boolean cut = found.outcome() == StackOutcome.UNREADABLE && isBehindCopy(found.unreadable(), stack, process);
        StackOutcome outcome = cut ? StackOutcome.STACK_CUT : found.outcome();
        return new CopiedStack.Result(
                event, new FinishedStack(found.words(), outcome, process.filesOf(found.addresses())));
    }

    /**
     * Unwinds, and has the tables made that are missed.
     *
     * @param waits whether it ends in code of no file, which may be a JVM's that will be known
     */
    private HostStack walk(Native loaded, CopiedStack stack, ProcessView process, boolean waits) throws IOException {
        // Reading code that is not in memory reads the file: where that may take for ever, none is read.
        boolean answers = process.code().areas().stream().allMatch(area -> answering.test(area.file()));
        int pid = answers ? stack.pid() : 0;
        JvmImage jvm = waits ? null : jvmOf(stack, process);
        HostStack found = loaded.unwind(stack, waits ? process.waitingCode() : process.hostCode(jvm), pid);
        while (found.outcome() == StackOutcome.TABLE_PENDING && addTable(stack.pid(), process, found)) {
            found = loaded.unwind(stack, waits ? process.waitingCode() : process.hostCode(jvm), pid);
        }
        return found;
    }

    /** Whether a stack ended in code of no file: it wants a JVM to be known. */
    private static boolean endsInMemory(HostStack found, ProcessView process) {
        MappedArea area = lastArea(found, process);
        return area != null && area.file().equals(FileId.NONE);
    }

    /** The area of the code that a stack ended in; null outside of all. */
    private static MappedArea lastArea(HostStack found, ProcessView process) {
        long[] addresses = found.addresses();
        long last = addresses[addresses.length - 1];
        // Where the last is a return address, the code is that of the call before it.
        return process.areaOf(addresses.length > 1 ? last - 1 : last);
    }

    /** Whether there would be more of the stack at an address, had the copy been longer. */
    private static boolean isBehindCopy(long address, CopiedStack stack, ProcessView process) {
        boolean behind = Long.compareUnsigned(address, stack.start() + stack.size()) >= 0;
        return stack.cut() && behind && process.areaOf(address) == null;
    }

    /** Adds the table that a walk ended for; false when there is none to be had. */
    private boolean addTable(int pid, ProcessView process, HostStack found) throws IOException {
        MappedArea area = lastArea(found, process);
        if (area == null || area.file().equals(FileId.NONE) || process.hasTable(area.file())) {
            return false;
        }
        keeper.want(new MappedCode(area.file(), pid, area.start(), area.end()));
        if (!keeper.knows(area.file())) {
            return false;
        }
        HostTable known = tables.get(area.file());
        Optional<UnwindTableImage> image = known == null ? keeper.table(area.file()) : Optional.empty();
        if (image.isPresent()) {
            known = load(area.file(), image.get());
        }
        process.addTable(area.file(), Optional.ofNullable(known));
        return true;
    }

    private HostTable load(FileId file, UnwindTableImage image) throws IOException {
        if (tableArena == null) {
            tableArena = Arena.ofConfined();
        }
        // Before: its memory stays the arena's when it cannot be read.
        tableBytes += image.bytes();
        HostTable table = new HostTable(image, tableArena);
        tables.put(file, table);
        return table;
    }

    /**
     * What the process has mapped now, or the last that is known; where nothing is, what the sample met, which is all that
     * a static program has.
     *
     * @param before what was known of the pid; null where nothing was
     */
    private ProcessView listFor(CopiedStack stack, ProcessView before) {
        ProcessView known = list(stack.pid());
        if (before != null && before.fits(stack) && (known == null || !known.fits(stack))) {
            processes.put(stack.pid(), before);
            known = before;
        }
        if (known == null || !known.fits(stack)) {
            known = new ProcessView(new ProcessCode(stack.processStartNanos(), 0, List.of()), stack.timeNanos() - 1);
        }
        return learning(known, stack);
    }

    private ProcessView learning(ProcessView process, CopiedStack stack) {
        process.learn(stack);
        processes.trim();
        return process;
    }

    private ProcessView list(int pid) {
        long now = System.nanoTime();
        Optional<ProcessCode> code = listing.apply(pid);
        code.ifPresent(found -> processes.put(pid, new ProcessView(found, now)));
        return processes.get(pid);
    }

    private void forgetTables() {
        // What refers to their memory goes first.
        processes.forgetTables();
        tables.clear();
        tableBytes = 0;
        if (tableArena != null) {
            tableArena.close();
            tableArena = null;
        }
    }

    private Optional<Native> unwinder() {
        if (unwinder == null && !unwinderFailed) {
            try {
                unwinder = Native.load();
            } catch (UnsatisfiedLinkError | ExceptionInInitializerError e) {
                unwinderFailed = true;
                LOG.warn("stacks that meet a new file are not finished: {}", e.toString());
            }
        }
        return Optional.ofNullable(unwinder);
    }

    /** On the thread of all the other methods. */
    @Override
    public void close() {
        forgetTables();
    }
}
