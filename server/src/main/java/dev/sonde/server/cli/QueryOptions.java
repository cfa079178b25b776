package dev.sonde.server.cli;

import java.io.PrintWriter;
import java.net.URI;
import java.net.URISyntaxException;
import java.util.LinkedHashMap;
import java.util.Map;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;
import picocli.CommandLine.Spec.Target;

/** What all questions have in common: whom, what and about when. */
final class QueryOptions {

    @Spec(Target.MIXEE)
    private CommandSpec spec;

    @Option(
            names = "--server",
            paramLabel = "URL",
            defaultValue = "${env:SONDE_SERVER:-http://localhost:7070}",
            description = "The server that is asked. Default: $SONDE_SERVER, else http://localhost:7070.")
    private String server;

    @Option(
            names = "--query",
            required = true,
            paramLabel = "SELECTOR",
            description = "For example 'cpu{service=\"api\",version!=\"1.2\"}', with = != =~ !~;"
                    + " 'cpu.samples' asks for another value of a type.")
    private String query;

    @Option(
            names = "--from",
            paramLabel = "TIME",
            defaultValue = "-1h",
            description = "Start: now, -15m, 2026-01-31T12:00:00Z or Unix seconds. Default: ${DEFAULT-VALUE}.")
    private String from;

    @Option(
            names = "--to",
            paramLabel = "TIME",
            defaultValue = "now",
            description = "End, exclusive. Default: ${DEFAULT-VALUE}.")
    private String to;

    /** A client of the server. */
    ApiClient client() {
        try {
            URI uri = new URI(server);
            if (uri.getHost() != null && ("http".equals(uri.getScheme()) || "https".equals(uri.getScheme()))) {
                PrintWriter err = spec.commandLine().getErr();
                return new ApiClient(server.replaceFirst("/+$", ""), Waiting.on(err), err);
            }
        } catch (URISyntaxException e) {
            throw refused(e);
        }
        throw refused(null);
    }

    private ParameterException refused(Exception cause) {
        return new ParameterException(
                spec.commandLine(),
                "--server: '" + server + "' (expected: a URL such as http://localhost:7070)",
                cause);
    }

    /** The parameters of the question. */
    Map<String, String> parameters() {
        Map<String, String> parameters = new LinkedHashMap<>();
        parameters.put("query", query);
        parameters.put("from", from);
        parameters.put("to", to);
        return parameters;
    }

    /** The question in words. */
    String question() {
        return query + ", " + from + " to " + to;
    }
}
