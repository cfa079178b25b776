package dev.sonde.agent.quality;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.ArrayList;
import java.util.List;

/** A report for programs, whole. */
public final class ReportJson {

    private static final ObjectMapper MAPPER = new ObjectMapper();

    /** As many as are ever counted, twice: whoever answers may be anybody. */
    private static final int MAX_LINES = 4000;

    private ReportJson() {}

    /** Writes a report. */
    public static ObjectNode of(QualityReport report) {
        ObjectNode root = MAPPER.createObjectNode()
                .put("samples", report.samples())
                .put("complete", report.complete())
                .put("processesLeftOut", report.processesLeftOut())
                .put("filesLeftOut", report.filesLeftOut());
        ArrayNode processes = root.putArray("processes");
        report.processes().forEach(line -> add(processes.addObject().put("pid", line.pid()), line));
        ArrayNode files = root.putArray("files");
        report.files().forEach(line -> add(files.addObject(), line));
        ArrayNode jvms = root.putArray("jvms");
        report.jvms()
                .forEach(line -> jvms.addObject()
                        .put("pid", line.pid())
                        .put("kind", line.kind())
                        .put("version", line.version())
                        .put("state", line.state())
                        .put("problem", line.problem())
                        .put("samples", line.samples())
                        .put("complete", line.complete()));
        return root;
    }

    private static void add(ObjectNode node, QualityReport.Line line) {
        node.put("name", line.name());
        if (!line.program().isEmpty()) {
            node.put("program", line.program());
        }
        node.put("samples", line.samples()).put("complete", line.complete());
        ArrayNode reasons = node.putArray("reasons");
        line.reasons()
                .forEach(each -> reasons.addObject()
                        .put("reason", each.reason())
                        .put("count", each.count())
                        .put("file", each.file())
                        .put("offset", "0x" + Long.toHexString(each.offset())));
    }

    /**
     * Reads what {@link #of} wrote.
     *
     * @throws JsonProcessingException when it is no such report
     */
    public static QualityReport parse(String json) throws JsonProcessingException {
        if (!(MAPPER.readTree(json) instanceof ObjectNode root)
                || !root.path("samples").isIntegralNumber()) {
            throw new NoReportException();
        }
        return new QualityReport(
                root.path("samples").asLong(),
                root.path("complete").asLong(),
                root.path("processesLeftOut").asLong(),
                root.path("filesLeftOut").asLong(),
                lines(root, "processes"),
                lines(root, "files"),
                jvms(root));
    }

    private static List<QualityReport.JvmLine> jvms(ObjectNode root) {
        List<QualityReport.JvmLine> lines = new ArrayList<>();
        for (var line : root.path("jvms")) {
            if (lines.size() == MAX_LINES) {
                break;
            }
            lines.add(new QualityReport.JvmLine(
                    line.path("pid").asInt(),
                    line.path("kind").asText(),
                    line.path("version").asText(),
                    line.path("state").asText(),
                    line.path("problem").asText(),
                    line.path("samples").asLong(),
                    line.path("complete").asLong()));
        }
        return lines;
    }

    private static final class NoReportException extends JsonProcessingException {
        private static final long serialVersionUID = 1;

        NoReportException() {
            super("no report of stacks (expected: an object with the number \"samples\")");
        }
    }

    private static List<QualityReport.Line> lines(ObjectNode root, String name) {
        List<QualityReport.Line> lines = new ArrayList<>();
        for (var line : root.path(name)) {
            if (lines.size() == MAX_LINES) {
                break;
            }
            List<QualityReport.Reason> reasons = new ArrayList<>();
            for (var each : line.path("reasons")) {
                reasons.add(new QualityReport.Reason(
                        each.path("reason").asText(),
                        each.path("count").asLong(),
                        each.path("file").asText(),
                        offset(each.path("offset").asText())));
            }
            lines.add(new QualityReport.Line(
                    line.path("pid").asInt(),
                    line.path("name").asText(),
                    line.path("program").asText(),
                    line.path("samples").asLong(),
                    line.path("complete").asLong(),
                    reasons));
        }
        return lines;
    }

    private static long offset(String text) {
        try {
            return text.startsWith("0x") ? Long.parseUnsignedLong(text, 2, text.length(), 16) : 0;
        } catch (NumberFormatException e) {
            return 0;
        }
    }
}
