package dev.sonde.agent.aggregate;

import dev.sonde.agent.process.ThreadNames;
import java.util.Arrays;

/**
 * One sample on its way into a window, filled again for every sample. What makes two samples of a process the same lies
 * in one array, ready to be hashed and compared: thread, name, how the stack ended, addresses.
 */
public final class RawSample {

    private static final int THREAD = 0;
    private static final int NAME_LOW = 1;
    private static final int NAME_HIGH = 2;
    private static final int SHAPE = 3;
    private static final int PROCESS = 4;
    private static final int HEADER = 5;

    private static final int FIRST_FRAMES = 128;

    /**
     * The highest byte of a frame that was resolved before it came here. The lowest address of the kernel's half begins
     * with 0xff, the highest of a process's with 0 (Documentation/arch/x86/x86_64/mm.rst).
     */
    private static final long RESOLVED = 3L << 56;

    private static final long NUMBER = (1L << 56) - 1;

    /** In place of the second half of a thread's name, whose last byte is zero. */
    private static final long NUMBERED = -1;

    private static final long NUMBERED_VIRTUAL = -2;

    /** A bit above the depth of the kernel's part. */
    private static final long IN_JVM = 1L << 62;

    private static final long AT_SAFEPOINT = 1L << 61;

    /** The only word of the label {@code vm_state}. */
    private static final String SAFEPOINT = "safepoint";

    private long[] words = new long[HEADER + FIRST_FRAMES];
    private CodeLocation[] locations = new CodeLocation[FIRST_FRAMES];
    private String threadName;
    private boolean inJvm;
    private boolean atSafepoint;
    private int length = HEADER;
    private int kernelDepth;

    /**
     * Begins a sample.
     *
     * @param pid the process, where samples are to be told apart by it, else 0
     * @param tid the thread, where samples are to be told apart by it, else 0
     * @param nameLow bytes 0 to 7 of the thread's name (comm) as a little-endian number
     * @param nameHigh bytes 8 to 15
     * @param truncation why the stack did not reach its root, an index into the reasons that the window knows; 0 = it did
     */
    public void begin(int pid, int tid, long nameLow, long nameHigh, int truncation) {
        words[THREAD] = (long) pid << 32 | Integer.toUnsignedLong(tid);
        words[NAME_LOW] = nameLow;
        words[NAME_HIGH] = nameHigh;
        words[SHAPE] = Integer.toUnsignedLong(truncation);
        length = HEADER;
        kernelDepth = 0;
        threadName = null;
        inJvm = false;
        atSafepoint = false;
    }

    /** Says that the process runs a JVM, whose threads have roles. */
    public void inJvm() {
        inJvm = true;
    }

    /** Says that the JVM was at a safepoint: none of its threads ran Java code. */
    public void atSafepoint() {
        atSafepoint = true;
    }

    /** Whether the process is known to run a JVM. */
    boolean isInJvm() {
        return inJvm;
    }

    /**
     * Calls the thread by more than the kernel knows of its name.
     *
     * @param number the same for the same name, and for no other
     */
    public void nameThread(long number, String name) {
        words[NAME_LOW] = number;
        words[NAME_HIGH] = NUMBERED;
        threadName = name;
    }

    /**
     * Calls the thread as the virtual thread that it runs.
     *
     * @param number the same for the same name, and for no other virtual thread's
     */
    public void nameVirtualThread(long number, String name) {
        words[NAME_LOW] = number;
        words[NAME_HIGH] = NUMBERED_VIRTUAL;
        threadName = name;
    }

    /** Whether the thread runs a virtual one whose name is known: the application's, whatever it is called. */
    boolean isVirtual() {
        return words[NAME_HIGH] == NUMBERED_VIRTUAL;
    }

    /** Adds the next kernel frame; the leaf comes first, all kernel frames before the user's. */
    public void addKernelFrame(long address) {
        addFrame(address);
        kernelDepth++;
    }

    /** Adds the next user frame; the leaf comes first. */
    public void addUserFrame(long address) {
        // A word that a broken stack ends with may be anything.
        addFrame(isResolved(address) ? address & NUMBER : address);
    }

    private static boolean isResolved(long word) {
        return (word & ~NUMBER) == RESOLVED;
    }

    /**
     * Adds the next user frame, whose place is known already.
     *
     * @param number the same for the same place, and for no other of any process; below 2^56
     */
    public void addResolvedFrame(long number, CodeLocation location) {
        addFrame(RESOLVED | number);
        locations[length - 1 - HEADER] = location;
    }

    private void addFrame(long address) {
        if (length == words.length) {
            words = Arrays.copyOf(words, 2 * words.length);
            locations = Arrays.copyOf(locations, words.length - HEADER);
        }
        words[length++] = address;
    }

    /** Ends the sample: {@code process} is the window's number of its process. */
    void seal(int process) {
        words[SHAPE] =
                (inJvm ? IN_JVM : 0) | (atSafepoint ? AT_SAFEPOINT : 0) | (long) kernelDepth << 32 | truncation();
        words[PROCESS] = process;
    }

    long[] words() {
        return words;
    }

    int length() {
        return length;
    }

    int pid() {
        return (int) (words[THREAD] >>> 32);
    }

    int tid() {
        return (int) words[THREAD];
    }

    long nameLow() {
        return words[NAME_LOW];
    }

    long nameHigh() {
        return words[NAME_HIGH];
    }

    int truncation() {
        return (int) words[SHAPE];
    }

    /** What the thread is called. */
    public String threadName() {
        return threadName == null ? ThreadNames.decode(nameLow(), nameHigh()) : threadName;
    }

    /** The labels of the sample's thread. */
    public SampleLabels labels(String role) {
        return new SampleLabels(threadName(), role, atSafepoint ? SAFEPOINT : "", pid(), tid());
    }

    /** How many frames there are, the kernel's and the user's. */
    public int depth() {
        return length - HEADER;
    }

    /** How many of them, the first ones, are the kernel's. */
    public int kernelDepth() {
        return kernelDepth;
    }

    /** Whether frame {@code i}, counted from the leaf, is the kernel's. */
    boolean isKernel(int i) {
        return i < kernelDepth;
    }

    /** The place of frame {@code i} where it is known already, else null. */
    public CodeLocation location(int i) {
        return !isKernel(i) && isResolved(words[HEADER + i]) ? locations[i] : null;
    }

    /**
     * Where frame {@code i}, whose place is not known, is to be looked up. The leaf's address is the instruction that ran. A caller's, kernel or
     * user, is a return address: the instruction behind the call, which may belong to the next line, or to the next
     * function where the call does not return. One byte less lies inside the call, as Go's and perf's profiles have it.
     * The first user frame under kernel frames is the program counter at the entry: behind the instruction that
     * entered, or on one that faulted or was interrupted, so it is taken as it is.
     */
    public long lookupAddress(int i) {
        long address = words[HEADER + i];
        boolean programCounter = i == 0 || i == kernelDepth;
        return programCounter ? address : address - 1;
    }
}
