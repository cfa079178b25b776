package dev.sonde.agent.label;

import java.util.List;

/** Text with {@code $1} to {@code $9} for the groups of a rule's patterns and {@code $$} for a dollar sign. */
final class Template {

    private Template() {}

    /** Refuses a template that asks for a group there is not. */
    static void check(String field, String template, int groups) {
        for (int i = template.indexOf('$'); i >= 0; i = template.indexOf('$', i + 2)) {
            char next = i + 1 < template.length() ? template.charAt(i + 1) : ' ';
            if (next != '$' && (next < '1' || next > '9' || next - '0' > groups)) {
                throw new IllegalArgumentException(
                        field + ": '" + template + "' at character " + (i + 1) + " (expected: $$"
                                + (groups == 0
                                        ? ", as the patterns have no group)"
                                        : " or $1 to $" + Math.min(groups, 9) + ")"));
            }
        }
    }

    static String fill(String template, List<String> groups) {
        if (template.indexOf('$') < 0) {
            return template;
        }
        StringBuilder text = new StringBuilder();
        int from = 0;
        for (int dollar = template.indexOf('$'); dollar >= 0; dollar = template.indexOf('$', from)) {
            char next = template.charAt(dollar + 1);
            text.append(template, from, dollar).append(next == '$' ? "$" : groups.get(next - '1'));
            from = dollar + 2;
        }
        text.append(template, from, template.length());
        return text.toString();
    }
}
