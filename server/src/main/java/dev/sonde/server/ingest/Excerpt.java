package dev.sonde.server.ingest;

/** What of a client's text goes into an error message. */
final class Excerpt {

    /** Enough to recognise it; a message goes back to the client and into logs. */
    private static final int MAX_LENGTH = 200;

    private Excerpt() {}

    static String of(String text) {
        return text.length() <= MAX_LENGTH ? text : text.substring(0, MAX_LENGTH) + "...";
    }
}
