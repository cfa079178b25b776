package dev.sonde.agent.ship;

import java.io.IOException;

/** A file of the spool is not what was written to it. */
final class SpoolCorruptException extends IOException {
    private static final long serialVersionUID = 1;

    SpoolCorruptException(String message) {
        super(message);
    }
}
