package dev.sonde.server.cli;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.json.JsonMapper;
import dev.sonde.server.cli.text.Words;
import java.io.IOException;
import java.io.PrintWriter;
import java.net.ConnectException;
import java.net.URI;
import java.net.URLDecoder;
import java.net.URLEncoder;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.Arrays;
import java.util.Map;
import java.util.concurrent.ExecutionException;
import java.util.stream.Collectors;

/** Asks a server over HTTP. */
final class ApiClient {

    private static final Duration CONNECT_TIMEOUT = Duration.ofSeconds(5);

    /** The server gives up on a question before this. */
    private static final Duration ANSWER_TIMEOUT = Duration.ofMinutes(2);

    /** Names the labels, with commas between, of which the answer holds the first values only. */
    private static final String CUT_LABELS = "sonde-cut-labels";

    private static final JsonMapper JSON = new JsonMapper();

    private final String server;
    private final Waiting waiting;
    private final PrintWriter notes;

    /**
     * A client.
     *
     * @param waiting says that an answer takes long
     * @param notes where it is told that an answer is not whole
     */
    ApiClient(String server, Waiting waiting, PrintWriter notes) {
        this.server = server;
        this.waiting = waiting;
        this.notes = notes;
    }

    /** The answer as JSON. */
    JsonNode json(String path, Map<String, String> parameters) throws ApiException, InterruptedException {
        try {
            return JSON.readTree(bytes(path, parameters));
        } catch (IOException e) {
            throw new ApiException(server + path + ": answered what is no JSON (expected: a Sonde server)", e);
        }
    }

    /** The answer as it is. */
    byte[] bytes(String path, Map<String, String> parameters) throws ApiException, InterruptedException {
        try (HttpClient client =
                HttpClient.newBuilder().connectTimeout(CONNECT_TIMEOUT).build()) {
            HttpResponse<byte[]> response = waiting.await(
                    client.sendAsync(request(path, parameters), BodyHandlers.ofByteArray()), "asking " + server);
            if (response.statusCode() != 200) {
                throw new ApiException(refusal(path, parameters.get("query"), response));
            }
            response.headers().firstValue(CUT_LABELS).ifPresent(this::noteCut);
            return response.body();
        } catch (ExecutionException e) {
            throw failure(e.getCause());
        }
    }

    /** Not in the answer itself, for other programs read that. */
    private void noteCut(String names) {
        String labels = Arrays.stream(names.split(","))
                .map(name -> Words.clean(URLDecoder.decode(name, StandardCharsets.UTF_8)))
                .collect(Collectors.joining(", "));
        notes.println("sonde: of labels with very many values only the first are shown: " + labels
                + " (a narrower selector or a shorter range has fewer)");
        notes.flush();
    }

    private HttpRequest request(String path, Map<String, String> parameters) {
        String query = parameters.entrySet().stream()
                .map(entry -> entry.getKey() + "=" + URLEncoder.encode(entry.getValue(), StandardCharsets.UTF_8))
                .collect(Collectors.joining("&"));
        return HttpRequest.newBuilder(URI.create(server + path + "?" + query))
                .timeout(ANSWER_TIMEOUT)
                .build();
    }

    private ApiException failure(Throwable cause) {
        if (cause instanceof ConnectException) {
            return new ApiException(
                    "no server answers at " + server + " (expected: a running one; './sonde up' or './sonde server'"
                            + " starts it, --server names another)",
                    cause);
        }
        return new ApiException(server + ": " + cause, cause);
    }

    /** The server's words; where they name a column of the selector, the selector with a mark under it. */
    private String refusal(String path, String query, HttpResponse<byte[]> response) {
        JsonNode body;
        try {
            body = JSON.readTree(new String(response.body(), StandardCharsets.UTF_8));
        } catch (JsonProcessingException e) {
            body = JSON.createObjectNode();
        }
        if (!body.hasNonNull("error")) {
            return server + path + ": HTTP status " + response.statusCode() + " (expected: a Sonde server)";
        }
        String words = body.get("error").asText();
        int column = body.path("column").asInt();
        if (query == null || column < 1 || column > query.length() + 1) {
            return words;
        }
        return words + " here: " + query.substring(0, column - 1) + " >>> " + query.substring(column - 1);
    }
}
