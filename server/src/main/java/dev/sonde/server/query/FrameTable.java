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

    /** What a flame graph tells apart: frames that differ in their line only are one. */
    record Key(String name, String file, FrameKind kind, boolean inlined) {
        private static final Comparator<Key> ORDER = Comparator.comparing(Key::name)
                .thenComparing(Key::file)
                .thenComparing(Key::kind)
                .thenComparing(Key::inlined);
    }

    private final List<Key> keys = new ArrayList<>();
    private final int[][] framesOfLocation;

    FrameTable(List<StoredLocation> locations, FrameNamer namer) {
        Object2IntOpenHashMap<Key> ids = new Object2IntOpenHashMap<>();
        framesOfLocation = new int[locations.size()][];
        for (int i = 0; i < framesOfLocation.length; i++) {
            List<Frame> frames = namer.frames(locations.get(i));
            if (frames.isEmpty()) {
                frames = List.of(UnnamedFrame.of(locations.get(i)));
            }
            int[] outermostFirst = new int[frames.size()];
            for (int j = 0; j < outermostFirst.length; j++) {
                Frame frame = frames.get(frames.size() - 1 - j);
                outermostFirst[j] = ids.computeIfAbsent(
                        new Key(frame.name(), frame.file(), frame.kind(), frame.inlined()), this::add);
            }
            framesOfLocation[i] = outermostFirst;
        }
    }

    private int add(Object key) {
        keys.add((Key) key);
        return keys.size() - 1;
    }

    int size() {
        return keys.size();
    }

    Key key(int frame) {
        return keys.get(frame);
    }

    /** The frames of a location, the outermost first. */
    int[] frames(int location) {
        return framesOfLocation[location];
    }

    /** The frames in the order of name, file, kind, inlined. */
    int[] sorted() {
        int[] sorted = new int[keys.size()];
        for (int i = 0; i < sorted.length; i++) {
            sorted[i] = i;
        }
        IntArrays.mergeSort(sorted, (a, b) -> Key.ORDER.compare(keys.get(a), keys.get(b)));
        return sorted;
    }
}
