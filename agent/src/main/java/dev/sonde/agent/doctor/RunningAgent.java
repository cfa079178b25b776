package dev.sonde.agent.doctor;

import dev.sonde.agent.quality.ReportJson;
import dev.sonde.agent.quality.UnwindPage;
import java.io.IOException;
import java.io.InputStream;
import java.net.HttpURLConnection;
import java.net.URI;
import java.nio.charset.StandardCharsets;

/** Asks an agent that runs how its stacks are. */
final class RunningAgent {

    private static final int TIMEOUT_MILLIS = 3000;

    /** 3,000 lines with all their reasons and long paths. */
    private static final int MAX_BYTES = 16 << 20;

    private RunningAgent() {}

    /**
     * @param address HOST:PORT of its metrics
     * @param wanted whether no answer is a failure; otherwise it is none
     */
    static StackSource ask(String address, boolean wanted) {
        try {
            return StackSource.of(ReportJson.parse(get(address)), "of the agent at " + address);
        } catch (IOException | IllegalArgumentException | ClassCastException e) {
            String detail = "no agent at " + address + ": " + e.getMessage();
            return new StackSource(
                    wanted
                            ? Check.fail(StackSource.NAME, detail, "say where its metrics are: --agent HOST:PORT")
                            : Check.ok(StackSource.NAME, detail + "; --unwind 5s samples without one"),
                    null);
        }
    }

    private static String get(String address) throws IOException {
        URI uri = URI.create("http://" + address + UnwindPage.PATH + "?" + UnwindPage.JSON_QUERY);
        HttpURLConnection connection = (HttpURLConnection) uri.toURL().openConnection();
        connection.setConnectTimeout(TIMEOUT_MILLIS);
        connection.setReadTimeout(TIMEOUT_MILLIS);
        connection.setInstanceFollowRedirects(false);
        try {
            int status = connection.getResponseCode();
            if (status != HttpURLConnection.HTTP_OK) {
                throw new IOException(UnwindPage.PATH + " answers " + status + " (expected: 200)");
            }
            try (InputStream in = connection.getInputStream()) {
                return new String(in.readNBytes(MAX_BYTES), StandardCharsets.UTF_8);
            }
        } finally {
            connection.disconnect();
        }
    }
}
