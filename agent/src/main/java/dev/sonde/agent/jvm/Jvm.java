package dev.sonde.agent.jvm;

import dev.sonde.agent.aggregate.RawSample;
import dev.sonde.agent.jvm.facts.JvmFacts;
import dev.sonde.agent.jvm.recognise.VmKind;
import dev.sonde.agent.jvm.thread.VirtualThreadNames;
import dev.sonde.agent.kernel.code.JvmImage;
import dev.sonde.agent.label.JavaFacts;
import dev.sonde.agent.unwind.copied.JvmImages;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.Supplier;

/**
 * The virtual machine of one process. One thread looks after it; the one that takes samples in asks it. Both see what the
 * other wrote last.
 */
public final class Jvm {

    private final int pid;
    private final long processStartNanos;
    private final VmKind kind;
    private final JvmThreads threads;
    private volatile JvmState state;
    private volatile String version = "";
    private volatile String problem = "";
    private volatile JvmFacts.Told told = JvmFacts.Told.NOTHING;
    private volatile boolean unknownCode;

    private volatile ProgramImage image = ProgramImage.NONE;

    /**
     * What the unwinder is told, some 40 KiB.
     *
     * @param stackTop of the program that the process ran then
     */
    private record ProgramImage(JvmImage image, long stackTop) {
        static final ProgramImage NONE = new ProgramImage(null, 0);
    }

    /** Handed over by the thread that looks after it, then used and closed by the one that takes samples in. */
    private final AtomicReference<JavaNaming> nextNaming = new AtomicReference<>();

    private JavaNaming naming;

    /**
     * @param processStartNanos when its process started, as samples tell it
     * @param numbers those that names of threads get, of all JVMs
     */
    Jvm(int pid, long processStartNanos, VmKind kind, AtomicLong numbers) {
        this.pid = pid;
        this.processStartNanos = processStartNanos;
        this.kind = kind;
        this.threads = new JvmThreads(numbers);
        this.state = kind == VmKind.HOTSPOT ? JvmState.STARTING : JvmState.FOREIGN;
    }

    /** Its process. */
    public int pid() {
        return pid;
    }

    long processStartNanos() {
        return processStartNanos;
    }

    /** Whose it is. */
    public VmKind kind() {
        return kind;
    }

    /** How far it is known. */
    public JvmState state() {
        return state;
    }

    void become(JvmState next, String why) {
        problem = why;
        state = next;
    }

    /** Why it is not known; empty when it is. */
    public String problem() {
        return problem;
    }

    /** What it calls its version; empty while that is not known. */
    public String version() {
        return version;
    }

    void version(String text) {
        version = text;
    }

    /** What it has told of itself and its application; null until it has told all. */
    public JavaFacts facts() {
        JvmFacts.Told now = told;
        return now.complete() ? now.java() : null;
    }

    JvmFacts.Told told() {
        return told;
    }

    void told(JvmFacts.Told now) {
        told = now;
    }

    JvmThreads threads() {
        return threads;
    }

    /** What the unwinder is told of it; null where nothing is, or its process ran another program then. */
    JvmImage image(long stackTop) {
        ProgramImage now = image;
        return stackTop == JvmImages.ANY_STACK_TOP || stackTop == now.stackTop ? now.image : null;
    }

    void image(JvmImage next, long stackTop) {
        image = new ProgramImage(next, stackTop);
    }

    void forgetImage() {
        image = ProgramImage.NONE;
    }

    /** Says that a stack met code that was not there when the JVM was read last. */
    public void metUnknownCode() {
        unknownCode = true;
    }

    boolean takeUnknownCode() {
        boolean met = unknownCode;
        unknownCode = false;
        return met;
    }

    /** Has frames named by this from now on. It is closed when another takes its place, or the JVM has ended. */
    void offer(JavaNaming next) {
        JavaNaming unused = nextNaming.getAndSet(next);
        if (unused != null) {
            unused.close();
        }
    }

    private JavaNaming naming() {
        JavaNaming next = nextNaming.getAndSet(null);
        if (next != null) {
            forget();
            naming = next;
        }
        return naming;
    }

    /** For the thread that takes samples in: what names frames and is in use; null where nothing is. */
    JavaNaming namingInUse() {
        return naming;
    }

    /** For the thread that takes samples in: gives up what names frames. */
    void forget() {
        if (naming != null) {
            naming.close();
            naming = null;
        }
    }

    /** Gives up what no one has begun to use. */
    void forgetOffered() {
        offer(null);
    }

    /**
     * Adds a frame of Java code to a sample, named or as one that nobody can name any more. One thread at a time.
     *
     * @param first its first word
     * @param second its second word
     * @param leaf whether it is the first of the user's frames
     */
    void addJava(RawSample to, long first, long second, boolean leaf, long round) {
        JavaNaming now = naming();
        if (now == null) {
            JavaNaming.addStale(to, first);
        } else {
            now.enter(round);
            now.addJava(to, first, second, leaf);
        }
    }

    /** Adds a frame by its address: of a stub of the JVM, or another one. */
    void addAddress(RawSample to, long address, boolean leaf, long round) {
        JavaNaming now = naming();
        if (now == null || !now.covers(leaf ? address : address - 1)) {
            to.addUserFrame(address);
        } else {
            now.enter(round);
            now.addStub(to, address, leaf);
        }
    }

    /** Takes the name of a thread. */
    @FunctionalInterface
    public interface ThreadFound {
        /**
         * A name found.
         *
         * @param number the same for the same name, and for no other of any JVM
         */
        void name(long number, String name);
    }

    /**
     * Hands over the name of a Java thread, where it is known and begins with what the kernel calls it; allocates nothing
     * when that was asked before. One thread at a time.
     *
     * @param commLow bytes 0 to 7 of its comm as a little-endian number
     * @param commHigh bytes 8 to 15
     * @param comm the whole comm, asked for only when it is compared
     */
    public void thread(int tid, long commLow, long commHigh, Supplier<String> comm, ThreadFound found) {
        if (state == JvmState.KNOWN) {
            threads.find(tid, commLow, commHigh, comm, found);
        }
    }

    /**
     * Hands over what to call a virtual thread; allocates nothing when that was asked before. One thread at a time.
     *
     * @param text its name as it stands on the JVM's heap
     * @param length how many bytes of it, at least 1
     * @param utf16 whether they are UTF-16LE; else ISO 8859-1
     * @return whether it is known: else it is to be called as its carrier
     */
    public boolean virtualThread(byte[] text, int length, boolean utf16, ThreadFound found) {
        JavaNaming now = naming();
        VirtualThreadNames.Named named = now == null ? null : now.virtualThread(text, length, utf16);
        if (named != null) {
            found.name(named.number(), named.name());
        }
        return named != null;
    }
}
