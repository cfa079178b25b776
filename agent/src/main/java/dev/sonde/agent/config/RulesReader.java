package dev.sonde.agent.config;

import com.google.re2j.Pattern;
import com.google.re2j.PatternSyntaxException;
import dev.sonde.agent.label.FilterRule;
import dev.sonde.agent.label.Glob;
import dev.sonde.agent.label.LabelRule;
import dev.sonde.agent.label.Rules;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.function.Function;

/**
 * Reads the rules of the YAML file. Naming rules have regular expressions (RE2, found anywhere unless anchored), include
 * and exclude rules have globs for the whole value:
 *
 * <pre>
 * rules:
 *   - executable: '/opt/([^/]+)/bin/'
 *     command_line: ' --release=(\S+)'
 *     service: 'shop-$1'
 *     version: '$2'
 * include:
 *   - service: 'shop-*'
 * exclude:
 *   - comm: 'stress*'
 *     cgroup: '/user.slice/*'
 * </pre>
 */
final class RulesReader {

    /** The keys of the file that hold rules. */
    static final List<String> KEYS = List.of("rules", "include", "exclude");

    /** Each rule is tried on each new process. */
    private static final int MAX_RULES = 1000;

    private static final KnownKeys LABEL_KEYS =
            new KnownKeys(List.of("executable", "command_line", "cgroup", "service", "version"));
    private static final KnownKeys FILTER_KEYS = new KnownKeys(List.of("service", "comm", "cgroup"));

    private final String file;

    RulesReader(String file) {
        this.file = file;
    }

    Rules read(YamlNode.Keys document) {
        return new Rules(
                rules(document, "rules", LABEL_KEYS, this::labelRule),
                rules(document, "include", FILTER_KEYS, this::filterRule),
                rules(document, "exclude", FILTER_KEYS, this::filterRule));
    }

    /** One rule of the file and where it stands. */
    private record Source(String place, YamlNode.Keys keys) {}

    private <T> List<T> rules(YamlNode.Keys document, String key, KnownKeys known, Function<Source, T> make) {
        YamlNode.Entry entry = document.entries().get(key);
        if (entry == null
                || (entry.value() instanceof YamlNode.Scalar scalar
                        && scalar.text().isEmpty())) {
            return List.of();
        }
        String section = file + ":" + entry.line() + ": " + key;
        if (!(entry.value() instanceof YamlNode.Items list)) {
            throw new ConfigException(section + ": " + entry.value().description() + " (expected: a list of rules)");
        }
        if (list.items().size() > MAX_RULES) {
            throw new ConfigException(
                    section + ": " + list.items().size() + " rules (expected: at most " + MAX_RULES + ")");
        }
        List<T> rules = new ArrayList<>();
        for (int i = 0; i < list.items().size(); i++) {
            YamlNode item = list.items().get(i);
            String place = file + ":" + item.line() + ": " + key + " rule " + (i + 1);
            if (!(item instanceof YamlNode.Keys keys)) {
                throw new ConfigException(place + ": " + item.description() + " (expected: key: value)");
            }
            keys.entries().forEach((name, value) -> known.check(place, name));
            try {
                rules.add(make.apply(new Source(place, keys)));
            } catch (IllegalArgumentException e) {
                throw new ConfigException(place + ", " + e.getMessage());
            }
        }
        return rules;
    }

    private LabelRule labelRule(Source rule) {
        return new LabelRule(
                pattern(rule, "executable"),
                pattern(rule, "command_line"),
                pattern(rule, "cgroup"),
                text(rule, "service").orElse(""),
                text(rule, "version").orElse(""));
    }

    private FilterRule filterRule(Source rule) {
        return new FilterRule(glob(rule, "service"), glob(rule, "comm"), glob(rule, "cgroup"));
    }

    private static Optional<Pattern> pattern(Source rule, String key) {
        return text(rule, key).map(text -> {
            try {
                return Pattern.compile(text);
            } catch (PatternSyntaxException e) {
                throw ConfigException.value(
                        rule.place() + ", " + key, text, "a regular expression as RE2 has it: " + e.getDescription());
            }
        });
    }

    private static Optional<Glob> glob(Source rule, String key) {
        return text(rule, key).map(Glob::new);
    }

    private static Optional<String> text(Source rule, String key) {
        YamlNode.Entry entry = rule.keys().entries().get(key);
        if (entry == null) {
            return Optional.empty();
        }
        if (!(entry.value() instanceof YamlNode.Scalar scalar)) {
            throw new ConfigException(
                    rule.place() + ", " + key + ": " + entry.value().description() + " (expected: a text)");
        }
        return Optional.of(scalar.text());
    }
}
