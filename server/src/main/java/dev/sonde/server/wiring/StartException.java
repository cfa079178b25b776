package dev.sonde.server.wiring;

import dev.sonde.server.store.StoreException;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.nio.file.Path;

/** The server cannot start. The message says why and what to do. */
public final class StartException extends Exception {
    private StartException(String message, Throwable cause) {
        super(message, cause);
    }

    static StartException port(InetSocketAddress listen, Throwable cause) {
        String host = listen.getHostString();
        return new StartException(
                "cannot listen on " + host + ":" + listen.getPort() + ": " + cause.getMessage()
                        + " (expected: a free port; choose another by --listen " + host
                        + ":PORT, up takes --port PORT)",
                cause);
    }

    static StartException store(StoreException cause) {
        return new StartException(cause.getMessage() + " (choose another folder by --data DIR)", cause);
    }

    static StartException symbols(Path folder, IOException cause) {
        return new StartException(
                "symbols folder " + folder + ": " + cause
                        + " (expected: a writable folder; choose another by --data DIR)",
                cause);
    }
}
