package dev.sonde.agent.jvm.names;

import dev.sonde.agent.jvm.layout.OopLayout;
import dev.sonde.agent.jvm.layout.OriginLayout;
import dev.sonde.agent.jvm.layout.VmLayout;
import dev.sonde.agent.jvm.memory.MemoryPages;
import dev.sonde.agent.jvm.memory.ProcessMemory;
import dev.sonde.agent.jvm.memory.ProcessReadException;
import dev.sonde.agent.label.JarName;
import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;

/**
 * The jars of classes, by the objects that tell it on the JVM's heap: Class, ProtectionDomain, CodeSource, URL, String.
 * Collectors move these, at safepoints alone or leaving the old ones as they are until the next; so the JVM's count of
 * safepoints, which is odd within one, tells whether what was read belongs together. ZGC's references are not followed.
 * Which field of an object is the next one is found by its class. One thread at a time.
 */
final class JarNames {

    /** No more than one chain's objects, read anew for each class. */
    private static final int PAGES = 16;

    /** Safepoints come, at the worst, every few milliseconds. */
    private static final int TRIES = 3;

    private static final int MAX_TEXT_BYTES = 4096;

    /** A URL has some dozen fields, the others fewer. */
    private static final int MAX_OBJECT_BYTES = 160;

    private static final String DOMAIN = "java/security/ProtectionDomain";
    private static final String SOURCE = "java/security/CodeSource";
    private static final String URL = "java/net/URL";
    private static final String STRING = "java/lang/String";

    private static final VarHandle I64 = MethodHandles.byteArrayViewVarHandle(long[].class, ByteOrder.LITTLE_ENDIAN);

    private final VmLayout layout;
    private final OriginLayout at;
    private final OopLayout oops;
    private final ProcessMemory memory;
    private final MemoryPages pages;
    private final MemoryPages classes;
    private final SymbolReader symbols;
    private final byte[] text = new byte[MAX_TEXT_BYTES];

    /** Places of fields, 0 until they are found. */
    private int codeSource;

    private int location;

    /** Whether the JVM was at its safepoints when it was asked in this round. */
    private boolean busy;

    /** @param classes pages for what is not on the heap */
    JarNames(VmLayout layout, ProcessMemory memory, MemoryPages classes) {
        this.layout = layout;
        this.at = layout.origin();
        this.oops = layout.oop();
        this.memory = memory;
        this.pages = new MemoryPages(memory, PAGES);
        this.classes = classes;
        this.symbols = new SymbolReader(layout.method(), classes);
    }

    /** The name of the jar that a class came from, without its version; empty where it is none; null where it is not known now. */
    String of(long klass) {
        if (oops.zgc()
                || at.mirror() == VmLayout.ABSENT
                || at.mirrorKlass() == VmLayout.ABSENT
                || at.protectionDomain() == VmLayout.ABSENT
                || at.safepointCounter() == VmLayout.ABSENT_ADDRESS
                || !layout.thread().tellsNames()) {
            return "";
        }
        String found = null;
        for (int i = 0; i < TRIES && !busy && found == null; i++) {
            found = readBetweenSafepoints(klass);
        }
        busy |= found == null;
        return found;
    }

    private String readBetweenSafepoints(long klass) {
        try {
            long before = safepoints();
            pages.refresh();
            int[] places = {codeSource, location};
            String found = read(klass, places);
            if ((before & 1) != 0 || safepoints() != before) {
                return null;
            }
            codeSource = places[0];
            location = places[1];
            return found;
        } catch (ProcessReadException e) {
            // It moved while it was read.
            return null;
        }
    }

    void beginRound() {
        busy = false;
        pages.refresh();
    }

    private long safepoints() throws ProcessReadException {
        memory.read(at.safepointCounter(), text, 0, Long.BYTES);
        return (long) I64.get(text, 0);
    }

    /** @param places of the fields, as far as they are known; those found are added, if it all belongs together */
    private String read(long klass, int[] places) throws ProcessReadException {
        long handle = pages.i64(klass + at.mirror());
        long mirror = handle == 0 ? 0 : pages.i64(handle);
        if (mirror == 0 || pages.i64(mirror + at.mirrorKlass()) != klass) {
            throw ProcessReadException.implausible("Klass::_java_mirror", mirror, "the class's own");
        }
        long domain = oops.reference(pages, mirror + at.protectionDomain());
        if (domain == 0 || !isOf(domain, DOMAIN)) {
            return "";
        }
        places[0] = places[0] != 0 ? places[0] : placeOf(domain, SOURCE);
        long source = places[0] == 0 ? 0 : oops.reference(pages, domain + places[0]);
        if (source == 0 || !isOf(source, SOURCE)) {
            return "";
        }
        places[1] = places[1] != 0 ? places[1] : placeOf(source, URL);
        long url = places[1] == 0 ? 0 : oops.reference(pages, source + places[1]);
        return url == 0 || !isOf(url, URL) ? "" : jarOf(url);
    }

    /** The URL's path or file, whichever comes first: both name the jar. */
    private String jarOf(long url) throws ProcessReadException {
        int end = instanceBytes(oops.klassOf(pages, url));
        for (int field = oops.klass(); field < end; field += oops.referenceBytes()) {
            String value = stringAt(url + field);
            if (value.indexOf('/') >= 0) {
                return JarName.inLocation(value);
            }
        }
        return "";
    }

    /** Where an object has its first reference to one of a class; 0 where it has none. */
    private int placeOf(long object, String className) throws ProcessReadException {
        int end = instanceBytes(oops.klassOf(pages, object));
        for (int field = oops.klass(); field < end; field += oops.referenceBytes()) {
            if (mayBe(object + field, className)) {
                return field;
            }
        }
        return 0;
    }

    /** A field may be a number: what it leads to is nothing then. */
    private boolean mayBe(long field, String className) throws ProcessReadException {
        long object = oops.reference(pages, field);
        try {
            return object != 0 && isOf(object, className);
        } catch (ProcessReadException e) {
            return false;
        }
    }

    private String stringAt(long field) throws ProcessReadException {
        if (!mayBe(field, STRING)) {
            return "";
        }
        long string = oops.reference(pages, field);
        long value = oops.reference(pages, string + layout.thread().stringValue());
        int coder = pages.u8(string + layout.thread().stringCoder());
        if (value == 0) {
            return "";
        }
        int bytes = Math.clamp(pages.u32(value + oops.arrayLength()), 0, MAX_TEXT_BYTES);
        pages.read(value + oops.byteArrayBase(layout.jdk()), text, 0, bytes);
        return new String(text, 0, bytes, coder == 0 ? StandardCharsets.ISO_8859_1 : StandardCharsets.UTF_16LE);
    }

    private boolean isOf(long object, String className) throws ProcessReadException {
        long klass = oops.klassOf(pages, object);
        return symbols.is(classes.i64(klass + layout.method().klassName()), className);
    }

    private int instanceBytes(long klass) throws ProcessReadException {
        return Math.clamp(classes.i32(klass + at.layoutHelper()) & ~1, 0, MAX_OBJECT_BYTES);
    }
}
