package dev.sonde.agent.label;

import com.google.re2j.Matcher;
import com.google.re2j.Pattern;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * A rule of the configuration that names a process. It applies when each of its patterns is found; patterns are RE2
 * expressions (linear time whatever a process calls itself), found anywhere in the text unless anchored. {@code $1},
 * {@code $2} ... in service and version stand for the groups, counted through executable, command line and cgroup in
 * this order; {@code $$} is a dollar sign.
 *
 * @param executable looked for in the executable's path
 * @param commandLine looked for in the arguments joined by spaces
 * @param cgroup looked for in the control group's path
 * @param service template of the service; empty leaves it to the next source
 * @param version template of the version; empty leaves it to the next source
 */
public record LabelRule(
        Optional<Pattern> executable,
        Optional<Pattern> commandLine,
        Optional<Pattern> cgroup,
        String service,
        String version) {

    /** Command lines are matched up to this many characters: class paths run to megabytes. */
    private static final int MAX_COMMAND_LINE_CHARS = 16 << 10;

    public LabelRule {
        if (executable.isEmpty() && commandLine.isEmpty() && cgroup.isEmpty()) {
            throw new IllegalArgumentException("rule: no pattern (expected: executable, command_line or cgroup)");
        }
        if (service.isEmpty() && version.isEmpty()) {
            throw new IllegalArgumentException("rule: no result (expected: service, version or both)");
        }
        int groups = executable.map(Pattern::groupCount).orElse(0)
                + commandLine.map(Pattern::groupCount).orElse(0)
                + cgroup.map(Pattern::groupCount).orElse(0);
        Template.check("service", service, groups);
        Template.check("version", version, groups);
    }

    /** What the rule says of a process; empty when it does not apply. */
    Optional<ServiceVersion> apply(ProcessFacts facts) {
        List<String> groups = new ArrayList<>();
        boolean applies = find(executable, facts.executable(), groups)
                && (commandLine.isEmpty() || find(commandLine, joined(facts.commandLine()), groups))
                && find(cgroup, facts.cgroup(), groups);
        return applies
                ? Optional.of(new ServiceVersion(Template.fill(service, groups), Template.fill(version, groups)))
                : Optional.empty();
    }

    private static boolean find(Optional<Pattern> pattern, String text, List<String> groups) {
        if (pattern.isEmpty()) {
            return true;
        }
        Matcher matcher = pattern.get().matcher(text);
        if (!matcher.find()) {
            return false;
        }
        for (int i = 1; i <= matcher.groupCount(); i++) {
            groups.add(matcher.group(i) == null ? "" : matcher.group(i));
        }
        return true;
    }

    private static String joined(List<String> commandLine) {
        StringBuilder text = new StringBuilder();
        for (String argument : commandLine) {
            if (text.length() >= MAX_COMMAND_LINE_CHARS) {
                break;
            }
            text.append(text.isEmpty() ? "" : " ").append(argument);
        }
        text.setLength(Math.min(text.length(), MAX_COMMAND_LINE_CHARS));
        return text.toString();
    }
}
