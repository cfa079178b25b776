package dev.sonde.agent.label;

import java.util.List;

/**
 * The rules of the configuration.
 *
 * @param labels name processes; the first that applies counts
 * @param include when not empty, only processes that one of these means are profiled
 * @param exclude processes that one of these means are not profiled, included or not
 */
public record Rules(List<LabelRule> labels, List<FilterRule> include, List<FilterRule> exclude) {

    private static final Rules NONE = new Rules(List.of(), List.of(), List.of());

    public Rules {
        labels = List.copyOf(labels);
        include = List.copyOf(include);
        exclude = List.copyOf(exclude);
    }

    /** No rules: every process is profiled. */
    public static Rules none() {
        return NONE;
    }
}
