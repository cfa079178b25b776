package dev.sonde.server.ingest;

import java.util.List;
import java.util.Objects;

/**
 * A profile as a client sent it; nothing is checked yet.
 *
 * @param labels of the series, in the order sent
 * @param pprof the file, gzipped or plain; not copied
 */
public record IncomingProfile(List<Label> labels, byte[] pprof) {
    public IncomingProfile {
        labels = List.copyOf(labels);
        Objects.requireNonNull(pprof, "pprof");
    }

    /** One label as sent. */
    public record Label(String name, String value) {
        public Label {
            Objects.requireNonNull(name, "name");
            Objects.requireNonNull(value, "value");
        }
    }
}
