package dev.sonde.server.query;

import dev.sonde.model.FrameKind;
import dev.sonde.server.store.StoredLocation;

/** What a frame is called whose function is not known. */
final class UnnamedFrame {

    static final String UNKNOWN = "[unknown]";

    private UnnamedFrame() {}

    /** {@code libfoo.so+0x1f40}, or {@code [unknown]} where not even the file is known. */
    static Frame of(StoredLocation location) {
        String file = location.mappingFile();
        String base = file.substring(file.lastIndexOf('/') + 1);
        String name = base.isEmpty() ? UNKNOWN : base + "+0x" + Long.toHexString(location.address());
        return new Frame(name, "", "", 0, FrameKind.ofMappingFile(file), false);
    }
}
