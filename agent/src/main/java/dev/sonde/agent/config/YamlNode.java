package dev.sonde.agent.config;

import java.util.List;
import java.util.Map;

/** A piece of a YAML document that knows its line, so that errors can name it. */
sealed interface YamlNode {

    /** The line in the file, from 1. */
    int line();

    /** What it is, for errors. */
    String description();

    /** A text, number or truth value, as written; null is the empty text. */
    record Scalar(int line, String text) implements YamlNode {
        @Override
        public String description() {
            return "'" + text + "'";
        }
    }

    /** A list. */
    record Items(int line, List<YamlNode> items) implements YamlNode {
        @Override
        public String description() {
            return "a list";
        }
    }

    /** Keys with values, in the order of the file. */
    record Keys(int line, Map<String, Entry> entries) implements YamlNode {
        @Override
        public String description() {
            return "a mapping";
        }
    }

    /** The value of a key and the key's line. */
    record Entry(int line, YamlNode value) {}
}
