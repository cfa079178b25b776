package dev.sonde.agent.doctor;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ArrayNode;
import java.io.PrintWriter;
import java.net.URI;
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

    @Override
    public Integer call() throws JsonProcessingException {
        boolean wanted = server != null;
        List<Check> checks = Doctor.run(DoctorOptions.ofThisMachine(wanted ? server : DEFAULT_SERVER, wanted));
        PrintWriter out = spec.commandLine().getOut();
        out.print(format == Format.json ? json(checks) : text(checks));
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

    static String json(List<Check> checks) throws JsonProcessingException {
        ObjectMapper mapper = new ObjectMapper();
        ArrayNode array = mapper.createArrayNode();
        for (Check check : checks) {
            array.addObject()
                    .put("name", check.name())
                    .put("status", check.status().word())
                    .put("detail", check.detail())
                    .put("remedy", check.remedy());
        }
        return mapper.writerWithDefaultPrettyPrinter().writeValueAsString(array) + System.lineSeparator();
    }
}
