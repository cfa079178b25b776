package dev.sonde.agent.jvm.thread;

import dev.sonde.agent.jvm.layout.ThreadLayout;
import dev.sonde.agent.jvm.layout.VmLayout;
import dev.sonde.agent.jvm.memory.MemoryPages;
import dev.sonde.agent.jvm.memory.ProcessReadException;
import dev.sonde.agent.label.LabelText;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;

/**
 * Lists the Java threads of a JVM by its own list (runtime/threadSMR.hpp). The JVM goes on meanwhile: a thread may end,
 * and the collector may move its name away while it is read, so that a name can be wrong; see {@link ThreadNameCheck}.
 */
public final class JavaThreads {

    /** Of one JVM; what is beyond has its OS name. Applications with more platform threads are not known. */
    static final int MAX_THREADS = 8192;

    /** Of all names; what is beyond has its OS name. */
    private static final int MAX_CHARS = 1 << 20;

    /** Longer ones are cut: they are labels. */
    private static final int MAX_NAME_CHARS = 512;

    /** java.lang.String::coder (java/lang/StringUTF16, COMPACT_STRINGS). */
    private static final int LATIN1 = 0;

    private final VmLayout layout;
    private final ThreadLayout at;
    private final MemoryPages pages;
    private int charsLeft;
    private final byte[] characters = new byte[2 * MAX_NAME_CHARS];

    /** @param pages of the JVM's memory; forgotten before each reading */
    public JavaThreads(VmLayout layout, MemoryPages pages) {
        this.layout = layout;
        this.at = layout.thread();
        this.pages = pages;
    }

    /**
     * The threads, as they are now; none before JDK 10, whose threads are another list.
     *
     * @throws ProcessReadException when the process is gone or may not be read
     */
    public List<JavaThread> read() throws ProcessReadException {
        List<JavaThread> threads = new ArrayList<>();
        if (at.threadsList() == VmLayout.ABSENT_ADDRESS
                || at.listLength() == VmLayout.ABSENT
                || at.listThreads() == VmLayout.ABSENT) {
            return threads;
        }
        pages.refresh();
        charsLeft = MAX_CHARS;
        long list = pages.i64(at.threadsList());
        if (list == 0) {
            return threads;
        }
        int length = Math.clamp(pages.u32(list + at.listLength()), 0, MAX_THREADS);
        long first = pages.i64(list + at.listThreads());
        for (int i = 0; i < length; i++) {
            add(first + (long) i * Long.BYTES, threads);
        }
        return threads;
    }

    private void add(long slot, List<JavaThread> to) throws ProcessReadException {
        try {
            long thread = pages.i64(slot);
            long osThread = thread == 0 ? 0 : pages.i64(thread + at.osThread());
            int tid = osThread == 0 ? 0 : pages.i32(osThread + at.threadId());
            if (tid > 0) {
                to.add(new JavaThread(tid, name(thread)));
            }
        } catch (ProcessReadException e) {
            failUnlessEnded(e);
        }
    }

    /** Empty where the layout does not tell, and with ZGC, whose references are coloured. */
    private String name(long thread) throws ProcessReadException {
        if (!at.tellsNames() || layout.oop().zgc() || charsLeft <= 0) {
            return "";
        }
        try {
            long handle = pages.i64(thread + at.threadObject());
            long object = at.threadObjectIsHandle() && handle != 0 ? pages.i64(handle) : handle;
            long string = object == 0 ? 0 : layout.oop().reference(pages, object + at.objectName());
            long value = string == 0 ? 0 : layout.oop().reference(pages, string + at.stringValue());
            return value == 0 ? "" : text(value, pages.u8(string + at.stringCoder()));
        } catch (ProcessReadException e) {
            failUnlessEnded(e);
            return "";
        }
    }

    private String text(long array, int coder) throws ProcessReadException {
        int bytes = Math.clamp(
                pages.u32(array + layout.oop().arrayLength()),
                0,
                coder == LATIN1 ? MAX_NAME_CHARS : 2 * MAX_NAME_CHARS);
        charsLeft -= bytes;
        pages.read(array + layout.oop().byteArrayBase(layout.jdk()), characters, 0, bytes);
        return LabelText.printable(new String(
                characters, 0, bytes, coder == LATIN1 ? StandardCharsets.ISO_8859_1 : StandardCharsets.UTF_16LE));
    }

    /** A thread that has ended costs itself alone. */
    private static void failUnlessEnded(ProcessReadException e) throws ProcessReadException {
        if (e.reason() == ProcessReadException.Reason.GONE || e.reason() == ProcessReadException.Reason.DENIED) {
            throw e;
        }
    }
}
