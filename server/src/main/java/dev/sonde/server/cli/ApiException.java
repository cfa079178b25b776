package dev.sonde.server.cli;

/** The server refused, or did not answer. */
final class ApiException extends Exception {
    ApiException(String message, Throwable cause) {
        super(message, cause);
    }

    ApiException(String message) {
        super(message);
    }
}
