package dev.sonde.agent.doctor;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.sonde.agent.quality.QualityReport;
import dev.sonde.agent.quality.ReportJson;
import dev.sonde.agent.quality.ReportText;
import java.io.PrintWriter;
import java.net.URI;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/** {@code sonde doctor}: prints what works, what does not, and how to mend it. */
@Command(
        name = "doctor",
        mixinStandardHelpOptions = true,
        description = "What this kernel, these rights and these JVMs allow, and how to mend what is missing.",
        footer = "Exit code: 0 when nothing failed (warnings allowed), 1 otherwise.")
public final class DoctorCommand implements Callable<Integer> {
    /** Where an agent has its metrics unless it was told otherwise. */
    private static final String DEFAULT_AGENT = "127.0.0.1:7071";

    private static final URI DEFAULT_SERVER = URI.create("http://localhost:7070");

    /** How the report is printed. */
    enum Format {
        text,
        json
    }

    @Spec
    private CommandSpec spec;

    @Option(
            names = "--server",
            paramLabel = "URL",
            defaultValue = "${env:SONDE_SERVER}",
            description = "The server that should answer; by default http://localhost:7070, which need not.")
    private URI server;

    @Option(
            names = "--format",
            paramLabel = "FORMAT",
            defaultValue = "text",
            description = "${COMPLETION-CANDIDATES}; by default ${DEFAULT-VALUE}.")
    private Format format;

    @Option(
            names = "--agent",
            paramLabel = "HOST:PORT",
            description =
                    "The metrics address of a running agent, whose stacks are shown by process and file; by default"
                            + " " + DEFAULT_AGENT + ", which need not answer.")
    private String agent;

    @Option(
            names = "--unwind",
            paramLabel = "TIME",
            description = "Sample this machine for so long instead, 5s for example, and show the stacks.")
    private Duration unwind;

    @Override
    public Integer call() throws JsonProcessingException {
        boolean wanted = server != null;
        List<Check> checks =
                new ArrayList<>(Doctor.run(DoctorOptions.ofThisMachine(wanted ? server : DEFAULT_SERVER, wanted)));
        StackSource stacks = unwind != null
                ? StackSurvey.take(unwind)
                : RunningAgent.ask(agent == null ? DEFAULT_AGENT : agent, agent != null);
        checks.add(stacks.check());
        PrintWriter out = spec.commandLine().getOut();
        out.print(format == Format.json ? json(checks, stacks.report()) : text(checks));
        if (format == Format.text && stacks.report() != null) {
            out.print("\n" + ReportText.of(stacks.report()));
        }
        out.flush();
        return checks.stream().anyMatch(check -> check.status() == Check.Status.FAIL) ? 1 : 0;
    }

    static String text(List<Check> checks) {
        StringBuilder text = new StringBuilder();
        for (Check check : checks) {
            text.append("%-5s %-13s %s%n".formatted(check.status().word(), check.name(), indented(check.detail())));
            if (!check.remedy().isEmpty()) {
                text.append("%19s -> %s%n".formatted("", check.remedy()));
            }
        }
        return text.toString();
    }

    /** The lines of a verifier's log stand below the first. */
    private static String indented(String detail) {
        return detail.replace("\n", "\n" + " ".repeat(20));
    }

    /** The checks, and behind them what is known of stacks as an object of its own. */
    static String json(List<Check> checks, QualityReport stacks) throws JsonProcessingException {
        ObjectMapper mapper = new ObjectMapper();
        ObjectNode root = mapper.createObjectNode();
        ArrayNode array = root.putArray("checks");
        for (Check check : checks) {
            array.addObject()
                    .put("name", check.name())
                    .put("status", check.status().word())
                    .put("detail", check.detail())
                    .put("remedy", check.remedy());
        }
        if (stacks != null) {
            root.set("stacks", ReportJson.of(stacks));
        }
        return mapper.writerWithDefaultPrettyPrinter().writeValueAsString(root) + System.lineSeparator();
    }
}
