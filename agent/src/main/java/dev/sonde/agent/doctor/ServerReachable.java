package dev.sonde.agent.doctor;

import java.io.IOException;
import java.net.HttpURLConnection;
import java.net.URI;

/** Whether the server answers. */
final class ServerReachable {
    private static final String NAME = "server";

    /** A server that needs longer for an empty answer does not work either. */
    private static final int TIMEOUT_MILLIS = 3000;

    private ServerReachable() {}

    /** @param wanted whether no answer is a failure; otherwise a warning */
    static Check check(URI server, boolean wanted) {
        String path = "/healthz";
        try {
            HttpURLConnection connection =
                    (HttpURLConnection) server.resolve(path).toURL().openConnection();
            connection.setConnectTimeout(TIMEOUT_MILLIS);
            connection.setReadTimeout(TIMEOUT_MILLIS);
            connection.setInstanceFollowRedirects(false);
            try {
                int status = connection.getResponseCode();
                return status == HttpURLConnection.HTTP_OK
                        ? Check.ok(NAME, server + " answers")
                        : no(wanted, server + path + " answers " + status + " (expected: 200)");
            } finally {
                connection.disconnect();
            }
        } catch (IOException | IllegalArgumentException | ClassCastException e) {
            return no(wanted, server + ": " + e.getMessage());
        }
    }

    private static Check no(boolean wanted, String detail) {
        String remedy = "start one (sonde server, or sonde up), or say where it is: --server URL";
        return wanted ? Check.fail(NAME, detail, remedy) : Check.warn(NAME, detail, remedy);
    }
}
