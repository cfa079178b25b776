package dev.sonde.server.web.health;

/** Whether requests should be sent here: from the moment all is wired until the server begins to stop. */
public final class Readiness {

    private volatile boolean ready;

    /** Whether requests should be sent here now. */
    public boolean isReady() {
        return ready;
    }

    /** Says so. */
    public void set(boolean isReady) {
        ready = isReady;
    }
}
