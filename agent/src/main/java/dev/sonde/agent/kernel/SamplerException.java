package dev.sonde.agent.kernel;

/** Sampling cannot start; the message says why and what to do. */
public final class SamplerException extends Exception {
    private static final long serialVersionUID = 1;

    /** @param message what failed, and how to mend it */
    public SamplerException(String message) {
        super(message);
    }

    SamplerException(String message, Throwable cause) {
        super(message, cause);
    }
}
