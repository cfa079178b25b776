package dev.sonde.server.query;

import dev.sonde.model.FrameKind;
import dev.sonde.server.store.StoredLocation;
import it.unimi.dsi.fastutil.ints.IntArrays;
import it.unimi.dsi.fastutil.objects.Object2IntOpenHashMap;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;

/** The distinct frames of a question, numbered, and which of them each location stands for. */
final class FrameTable {

    /**
     * What a flame graph tells apart: frames that differ in their line only are one.
     *
     * @param mapping the name, without its folder, of the ELF file that the code is in; empty for code that is in none
     */
    record Key(String name, String file, String mapping, FrameKind kind, boolean inlined) {
        private static final Comparator<Key> ORDER = Comparator.comparing(Key::name)
                .thenComparing(Key::file)
                .thenComparing(Key::mapping)
                .thenComparing(Key::kind)
                .thenComparing(Key::inlined);
    }

    private final List<StoredLocation> locations;
    private final FrameNamer namer;
    private final Object2IntOpenHashMap<Key> ids = new Object2IntOpenHashMap<>();
    private final List<Key> keys = new ArrayList<>();
    private final int[][] framesOfLocation;

    FrameTable(List<StoredLocation> locations, FrameNamer namer) {
        this.locations = locations;
        this.namer = namer;
        this.framesOfLocation = new int[locations.size()][];
    }

    private int add(Object key) {
        keys.add((Key) key);
        return keys.size() - 1;
    }

    /** How many frames were named so far. */
    int size() {
        return keys.size();
    }

    Key key(int frame) {
        return keys.get(frame);
    }

    /** The frames of a location, the outermost first; at least one. It is named when it is first asked for. */
    int[] frames(int location) {
        if (framesOfLocation[location] == null) {
            framesOfLocation[location] = name(locations.get(location));
        }
        return framesOfLocation[location];
    }

    private int[] name(StoredLocation location) {
        List<Frame> frames = namer.frames(location);
        if (frames.isEmpty()) {
            frames = List.of(UnnamedFrame.of(location));
        }
        String mapping = elfName(location.mappingFile());
        int[] outermostFirst = new int[frames.size()];
        for (int i = 0; i < outermostFirst.length; i++) {
            Frame frame = frames.get(frames.size() - 1 - i);
            outermostFirst[i] = ids.computeIfAbsent(
                    new Key(frame.name(), file(frame), mapping, frame.kind(), frame.inlined()), this::add);
        }
        return outermostFirst;
    }

    /** A Java method's name has its package, and where its class came from is not known of all samples: what counts is the name. */
    private static String file(Frame frame) {
        return frame.kind().isJava() ? frame.file().substring(frame.file().lastIndexOf('/') + 1) : frame.file();
    }

    /** A release lies in a folder of its own: what counts is the name. Words in brackets are kinds, no files. */
    private static String elfName(String mappingFile) {
        return FrameKind.ofMappingFile(mappingFile) == FrameKind.NATIVE
                ? mappingFile.substring(mappingFile.lastIndexOf('/') + 1)
                : "";
    }

    /** The order of two frames: by name, file, mapping, kind, inlined. */
    int compare(int a, int b) {
        return Key.ORDER.compare(keys.get(a), keys.get(b));
    }

    /** The frames in the order of name, file, mapping, kind, inlined. */
    int[] sorted() {
        int[] sorted = new int[keys.size()];
        for (int i = 0; i < sorted.length; i++) {
            sorted[i] = i;
        }
        IntArrays.mergeSort(sorted, this::compare);
        return sorted;
    }
}
