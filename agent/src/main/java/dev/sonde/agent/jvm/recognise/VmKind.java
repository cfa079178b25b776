package dev.sonde.agent.jvm.recognise;

import dev.sonde.symbolizer.elf.ElfFile;
import dev.sonde.symbolizer.elf.ElfReader;
import dev.sonde.symbolizer.elf.Section;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.Optional;

/** Which virtual machine's code a file has. Told by what the file exports, not by its name. */
public enum VmKind {
    /** HotSpot, in libjvm.so or linked into a launcher: the table for the Serviceability Agent (runtime/vmStructs.hpp). */
    HOTSPOT("hotspot"),
    /** Eclipse OpenJ9: what its launcher library looks up (runtime/redirector, CREATE_JAVA_VM_ENTRYPOINT). */
    OPENJ9("openj9"),
    /** A program that GraalVM compiled ahead of time: the heap that it brings (SubstrateVM, .svm_heap). */
    NATIVE_IMAGE("native-image"),
    /** None of them. */
    NONE("none");

    private static final byte[] HOTSPOT_EXPORT = zeroEnded("gHotSpotVMStructs");
    private static final byte[] OPENJ9_EXPORT = zeroEnded("J9_CreateJavaVM");
    private static final String NATIVE_IMAGE_SECTION = ".svm_heap";
    private static final String NAMES = ".dynstr";

    /** Browsers have some MiB of exported names; what is behind is not looked at. */
    private static final long MAX_NAME_BYTES = 16 << 20;

    private static final int CHUNK_BYTES = 64 << 10;

    private final String word;

    VmKind(String word) {
        this.word = word;
    }

    /** For people and metrics. */
    public String word() {
        return word;
    }

    private static byte[] zeroEnded(String name) {
        // The table's first byte is zero, and a name that another ends with may stand inside it.
        return (name + "\0").getBytes(StandardCharsets.US_ASCII);
    }

    /** Looks into a file. */
    static VmKind of(ElfFile elf) throws IOException {
        if (elf.section(NATIVE_IMAGE_SECTION).isPresent()) {
            return NATIVE_IMAGE;
        }
        Optional<Section> names = elf.section(NAMES);
        if (names.isEmpty()) {
            return NONE;
        }
        ElfReader reader = elf.reader(names.get());
        long size = Math.min(reader.sizeBytes(), MAX_NAME_BYTES);
        int overlap = HOTSPOT_EXPORT.length;
        byte[] chunk = new byte[(int) Math.min(size, CHUNK_BYTES)];
        for (long at = 0; at < size; at += CHUNK_BYTES - overlap) {
            int length = (int) Math.min(chunk.length, size - at);
            reader.copy(at, chunk, 0, length);
            if (contains(chunk, length, HOTSPOT_EXPORT)) {
                return HOTSPOT;
            }
            if (contains(chunk, length, OPENJ9_EXPORT)) {
                return OPENJ9;
            }
        }
        return NONE;
    }

    private static boolean contains(byte[] bytes, int length, byte[] wanted) {
        for (int i = 0; i <= length - wanted.length; i++) {
            if (bytes[i] == wanted[0] && Arrays.equals(bytes, i, i + wanted.length, wanted, 0, wanted.length)) {
                return true;
            }
        }
        return false;
    }
}
