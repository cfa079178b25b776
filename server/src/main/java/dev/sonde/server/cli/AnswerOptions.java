package dev.sonde.server.cli;

import com.fasterxml.jackson.databind.JsonNode;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.PrintWriter;
import java.nio.charset.Charset;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;
import picocli.CommandLine.Spec.Target;

/** How an answer is written, and where to. */
final class AnswerOptions {

    /** The forms of an answer. */
    enum Format {
        TEXT,
        JSON,
        PPROF,
        COLLAPSED;

        String word() {
            return name().toLowerCase(Locale.ROOT);
        }
    }

    @Spec(Target.MIXEE)
    private CommandSpec spec;

    @Option(
            names = "--format",
            paramLabel = "FORMAT",
            description = "text; json as the API has it; pprof (gzipped) or collapsed: the stacks themselves."
                    + " Default: text.")
    private Format format;

    @Option(
            names = {"-o", "--output"},
            paramLabel = "FILE",
            description = "Where to. Default: standard output.")
    private Path output;

    /** Prints an answer for readers. */
    interface TextPrinter {
        void print(JsonNode answer, PrintWriter out);
    }

    boolean isText() {
        return format == null || format == Format.TEXT;
    }

    /** What the text is written in. */
    Charset charset() {
        return output == null ? System.out.charset() : StandardCharsets.UTF_8;
    }

    /** Refuses a format that this command's answers do not have; no format is always right. */
    void allow(Format... formats) {
        if (format != null && !List.of(formats).contains(format)) {
            String allowed = Stream.of(formats).map(Format::word).collect(Collectors.joining(" or "));
            throw new ParameterException(
                    spec.commandLine(), "--format: " + format.word() + " (expected: " + allowed + ")");
        }
    }

    /** Asks, and writes the answer in the form that was asked for. */
    void write(QueryOptions options, String path, Map<String, String> parameters, TextPrinter printer)
            throws ApiException, InterruptedException, IOException {
        switch (format == null ? Format.TEXT : format) {
            case TEXT -> writeText(options.client().json(path, parameters), printer);
            case JSON -> writeBytes(options.client().bytes(path, parameters));
            case PPROF -> writePprof(options);
            case COLLAPSED -> {
                Map<String, String> collapsed = options.parameters();
                collapsed.put("format", "collapsed");
                writeBytes(options.client().bytes("/api/v1/flame", collapsed));
            }
        }
    }

    /** Asks for pprof. A terminal gets none, for it is not text. */
    void writePprof(QueryOptions options) throws ApiException, InterruptedException, IOException {
        if (output == null && Waiting.isTerminal()) {
            throw new ParameterException(
                    spec.commandLine(), "-o: none, and the output is a terminal (expected: -o FILE, or a pipe)");
        }
        writeBytes(options.client().bytes("/pprof", options.parameters()));
    }

    private void writeText(JsonNode answer, TextPrinter printer) throws IOException {
        if (output == null) {
            PrintWriter out = spec.commandLine().getOut();
            printer.print(answer, out);
            out.flush();
            return;
        }
        ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        try (PrintWriter out = new PrintWriter(bytes, false, charset())) {
            printer.print(answer, out);
        }
        Files.write(output, bytes.toByteArray());
    }

    private void writeBytes(byte[] bytes) throws IOException {
        if (output != null) {
            Files.write(output, bytes);
            return;
        }
        // Past the command's writer, which would encode them.
        spec.commandLine().getOut().flush();
        System.out.write(bytes, 0, bytes.length);
        System.out.flush();
    }
}
