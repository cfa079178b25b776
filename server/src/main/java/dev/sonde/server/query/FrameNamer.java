package dev.sonde.server.query;

import dev.sonde.model.FrameKind;
import dev.sonde.server.store.StoredLocation;
import dev.sonde.server.store.StoredLocation.StoredLine;
import java.util.ArrayList;
import java.util.List;

/** Names locations. Called from many threads. */
public interface FrameNamer {

    /**
     * The frames of a location, the innermost inlined call first; all but the last are inlined. Empty when no name is
     * known: the query then shows the address.
     */
    List<Frame> frames(StoredLocation location);

    /** Names from the lines that came with the location, and no others. */
    static FrameNamer ofLines() {
        return FrameNamer::linesOf;
    }

    private static List<Frame> linesOf(StoredLocation location) {
        FrameKind kind = FrameKind.ofMappingFile(location.mappingFile());
        List<StoredLine> lines = location.lines();
        List<Frame> frames = new ArrayList<>(lines.size());
        for (int i = 0; i < lines.size(); i++) {
            StoredLine line = lines.get(i);
            // Some writers leave one of the two names out.
            String name = line.name().isEmpty() ? line.systemName() : line.name();
            boolean inlined = i < lines.size() - 1;
            frames.add(new Frame(
                    name.isEmpty() ? UnnamedFrame.UNKNOWN : name,
                    line.systemName(),
                    line.file(),
                    line.line(),
                    kind,
                    inlined));
        }
        return frames;
    }
}
