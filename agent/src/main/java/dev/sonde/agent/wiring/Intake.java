package dev.sonde.agent.wiring;

import dev.sonde.agent.aggregate.Aggregator;
import dev.sonde.agent.aggregate.Drop;
import dev.sonde.agent.aggregate.RawSample;
import dev.sonde.agent.count.Counts;
import dev.sonde.agent.jvm.Jvm;
import dev.sonde.agent.jvm.JvmState;
import dev.sonde.agent.jvm.Jvms;
import dev.sonde.agent.kernel.Sample;
import dev.sonde.agent.kernel.SampleHandler;
import dev.sonde.agent.kernel.StackOutcome;
import dev.sonde.agent.kernel.code.FileId;
import dev.sonde.agent.kernel.code.MappedArea;
import dev.sonde.agent.label.JavaFacts;
import dev.sonde.agent.mapping.AddressSpace;
import dev.sonde.agent.mapping.ExecutableFile;
import dev.sonde.agent.process.ProcessInfo;
import dev.sonde.agent.process.ProcessTable;
import dev.sonde.agent.quality.StackAccount;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.atomic.LongAdder;
import java.util.function.Function;
import java.util.function.IntToLongFunction;
import java.util.function.Supplier;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Takes samples from the sampler, finds their process and hands them to the aggregation; allocates nothing a sample. */
public final class Intake implements SampleHandler {

    private static final Logger LOG = LoggerFactory.getLogger(Intake.class);

    /** An error that every sample meets is not to fill the log. */
    private static final long LOG_INTERVAL_NANOS = 60_000_000_000L;

    private final ProcessTable processes;
    private final Aggregator<ProcessInfo> aggregator;
    private final boolean byThread;
    private final Counts<StackOutcome> outcomes;
    private final Counts<Drop> drops;
    private final Function<FileId, Optional<ExecutableFile>> files;
    private final StackAccount account;
    private final Jvms jvms;
    private final LongAdder excluded = new LongAdder();
    private final RawSample raw = new RawSample();
    private final Supplier<String> processComm = this::processComm;
    private final Supplier<String> threadComm = raw::threadName;
    private final Jvm.ThreadFound threadFound = raw::nameThread;
    private final Jvm.ThreadFound virtualThreadFound = raw::nameVirtualThread;
    private final byte[] virtualName = new byte[Sample.NAME_BYTES];
    private final IntToLongFunction userWord = this::userWord;
    private Sample current;
    private long nextLogNanos = System.nanoTime();

    /**
     * @param byThread whether samples are told apart by pid and tid
     * @param outcomes how the stacks of the samples taken in ended
     * @param files the files that samples of young processes tell of
     * @param drops where samples that an error kept from being taken in are counted
     * @param account what takes note of each stack
     * @param jvms the JVMs of processes
     */
    public Intake(
            ProcessTable processes,
            Aggregator<ProcessInfo> aggregator,
            boolean byThread,
            Counts<StackOutcome> outcomes,
            Function<FileId, Optional<ExecutableFile>> files,
            Counts<Drop> drops,
            StackAccount account,
            Jvms jvms) {
        this.processes = processes;
        this.aggregator = aggregator;
        this.byThread = byThread;
        this.outcomes = outcomes;
        this.files = files;
        this.drops = drops;
        this.account = account;
        this.jvms = jvms;
    }

    /** The words of why a stack ended early, by the numbers that this gives to raw samples. */
    public static List<String> truncations() {
        return Arrays.stream(StackOutcome.values()).map(StackOutcome::reason).toList();
    }

    /** Takes a sample in; an error, or want of memory, costs this sample and is counted, sampling goes on. */
    @Override
    public void onSample(Sample sample) {
        try {
            take(sample);
        } catch (RuntimeException | OutOfMemoryError e) {
            lost(e);
        }
    }

    /** Begins to take in a bunch of samples. */
    void beginRound() {
        jvms.beginRound();
    }

    /** Counts a sample that an error cost. */
    void lost(Throwable e) {
        drops.increment(Drop.INTERNAL);
        long now = System.nanoTime();
        if (now - nextLogNanos >= 0) {
            nextLogNanos = now + LOG_INTERVAL_NANOS;
            LOG.error("a sample was lost, {} so far", drops.get(Drop.INTERNAL), e);
        }
    }

    /** The process of a sample, as it is now. */
    ProcessInfo process(Sample sample) {
        current = sample;
        ProcessInfo process = processes.lookup(
                sample.pid(),
                sample.processStartNanos(),
                sample.processCommLow(),
                sample.processCommHigh(),
                processComm);
        Jvm jvm = jvms.of(process, sample.processStartNanos());
        if (jvm != null && jvm.state() == JvmState.ENDED) {
            process = processes.readAnew(process);
            jvm = jvms.of(process, sample.processStartNanos());
        }
        JavaFacts told = jvm == null || process.java().isPresent() ? null : jvm.facts();
        return told == null ? process : processes.learn(process, told);
    }

    /** The same of a sample whose stack is to be finished: where it ended may show that the process has begun a JVM. */
    ProcessInfo processOfCopy(Sample sample) {
        ProcessInfo process = process(sample);
        learnAreas(sample, process.addressSpace());
        if (sample.userWords() > 0) {
            process.addressSpace().know(sample.userWord(sample.userWords() - 1));
        }
        jvms.of(process, sample.processStartNanos());
        return process;
    }

    private void take(Sample sample) {
        ProcessInfo process = process(sample);
        if (process.excluded()) {
            excluded.increment();
            return;
        }
        learnAreas(sample, process.addressSpace());
        begin(sample.pid(), sample.tid(), sample.commLow(), sample.commHigh(), sample.outcome());
        if (sample.atSafepoint()) {
            raw.atSafepoint();
        }
        Jvm jvm = jvms.of(process, sample.processStartNanos());
        if (!nameVirtualThread(jvm, virtualName, sample.virtualName(virtualName), sample.virtualNameIsUtf16())) {
            nameThread(jvm, sample.tid(), sample.commLow(), sample.commHigh());
        }
        for (int i = 0; i < sample.kernelDepth(); i++) {
            raw.addKernelFrame(sample.kernelAddress(i));
        }
        jvms.addFrames(raw, jvm, userWord, sample.userWords());
        noteUnknownCode(jvm, sample.outcome());
        account.add(process, raw, sample.outcome());
        aggregator.add(sample.timeNanos(), raw, process);
    }

    /** Takes in a sample that waited for its stack. */
    void take(HeldSample sample, long[] userWords, StackOutcome outcome, List<MappedArea> areas) {
        AddressSpace space = sample.process().addressSpace();
        for (MappedArea area : areas) {
            learn(space, area);
        }
        begin(sample.pid(), sample.tid(), sample.commLow(), sample.commHigh(), outcome);
        if (sample.atSafepoint()) {
            raw.atSafepoint();
        }
        Jvm jvm = jvms.known(sample.process().pid(), sample.stack().processStartNanos());
        byte[] name = sample.virtualName();
        if (!nameVirtualThread(jvm, name, name.length, sample.virtualNameIsUtf16())) {
            nameThread(jvm, sample.tid(), sample.commLow(), sample.commHigh());
        }
        for (long address : sample.kernelAddresses()) {
            raw.addKernelFrame(address);
        }
        jvms.addFrames(raw, jvm, i -> userWords[i], userWords.length);
        noteUnknownCode(jvm, outcome);
        account.add(sample.process(), raw, outcome);
        aggregator.add(sample.stack().timeNanos(), raw, sample.process());
    }

    /** Of stubs that the JVM made since it was read: the next samples are to be whole. */
    private static void noteUnknownCode(Jvm jvm, StackOutcome outcome) {
        if (jvm != null && (outcome == StackOutcome.JVM_UNKNOWN_CODE || outcome == StackOutcome.JVM_STUB)) {
            jvm.metUnknownCode();
        }
    }

    /** As the virtual thread that it ran; false where it ran none whose name is known. */
    private boolean nameVirtualThread(Jvm jvm, byte[] name, int length, boolean utf16) {
        if (jvm == null || length == 0 || !jvm.virtualThread(name, length, utf16, virtualThreadFound)) {
            return false;
        }
        raw.inJvm();
        return true;
    }

    private void nameThread(Jvm jvm, int tid, long commLow, long commHigh) {
        if (jvm != null) {
            raw.inJvm();
            jvm.thread(tid, commLow, commHigh, threadComm, threadFound);
        }
    }

    @SuppressWarnings("EnumOrdinal") // A number for the window's keys, whose words truncations() lists in this order.
    private void begin(int pid, int tid, long commLow, long commHigh, StackOutcome outcome) {
        outcomes.increment(outcome);
        // The enum's first constant, 0, is the complete stack, as the raw sample has it.
        raw.begin(byThread ? pid : 0, byThread ? tid : 0, commLow, commHigh, outcome.ordinal());
    }

    private void learnAreas(Sample sample, AddressSpace space) {
        for (int i = 0; i < sample.areas(); i++) {
            learn(space, sample.area(i));
        }
    }

    private void learn(AddressSpace space, MappedArea area) {
        files.apply(area.file()).ifPresent(file -> learn(space, area, file));
    }

    private static void learn(AddressSpace space, MappedArea area, ExecutableFile file) {
        if (!space.knows(area.start(), area.end(), area.fileOffset(), file)) {
            space.learn(area.start(), area.end(), area.fileOffset(), file);
        }
    }

    private long userWord(int index) {
        return current.userWord(index);
    }

    private String processComm() {
        return current.processComm();
    }

    /** How many samples were left out by the include and exclude rules. */
    public long excluded() {
        return excluded.sum();
    }
}
