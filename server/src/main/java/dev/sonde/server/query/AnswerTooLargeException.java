package dev.sonde.server.query;

import java.io.IOException;

/** The answer would be larger than a bound; its words say what to ask for instead. */
public final class AnswerTooLargeException extends IOException {

    private static final long serialVersionUID = 1L;

    public AnswerTooLargeException(String message) {
        super(message);
    }
}
