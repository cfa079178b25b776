package dev.sonde.agent.config;

import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.core.JsonToken;
import com.fasterxml.jackson.dataformat.yaml.YAMLFactory;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** Reads a YAML file into nodes with lines; a key that stands twice is refused. */
final class YamlFile {

    /** A configuration of thousands of rules has some 100 KB. */
    private static final int MAX_BYTES = 1 << 20;

    /** The deepest configuration has three levels. */
    private static final int MAX_DEPTH = 16;

    private final String name;
    private final JsonParser parser;

    private YamlFile(String name, JsonParser parser) {
        this.name = name;
        this.parser = parser;
    }

    /** The top level of a file; empty when the file is. */
    static YamlNode.Keys read(Path file) {
        byte[] bytes;
        try (InputStream in = Files.newInputStream(file)) {
            bytes = in.readNBytes(MAX_BYTES + 1);
        } catch (IOException e) {
            throw new ConfigException(file + ": " + e + " (expected: a readable YAML file)");
        }
        if (bytes.length > MAX_BYTES) {
            throw new ConfigException(file + ": more than " + MAX_BYTES + " bytes (expected: a configuration)");
        }
        try (JsonParser parser = new YAMLFactory().createParser(bytes)) {
            return new YamlFile(file.toString(), parser).document();
        } catch (JsonProcessingException e) {
            int line = e.getLocation() == null ? 1 : e.getLocation().getLineNr();
            throw new ConfigException(file + ":" + line + ": " + e.getOriginalMessage() + " (expected: YAML)");
        } catch (IOException e) {
            throw new ConfigException(file + ": " + e + " (expected: YAML)");
        }
    }

    private YamlNode.Keys document() throws IOException {
        JsonToken first = parser.nextToken();
        if (first == null || first == JsonToken.VALUE_NULL) {
            return new YamlNode.Keys(1, Map.of());
        }
        if (!(node(0) instanceof YamlNode.Keys keys)) {
            throw new ConfigException(name + ":1: no mapping (expected: lines of key: value)");
        }
        if (parser.nextToken() != null) {
            throw new ConfigException(name + ":" + line() + ": a second document (expected: one)");
        }
        return keys;
    }

    private int line() {
        return parser.currentTokenLocation().getLineNr();
    }

    private YamlNode node(int depth) throws IOException {
        if (depth > MAX_DEPTH) {
            throw new ConfigException(name + ":" + line() + ": nested deeper than " + MAX_DEPTH + " (expected: less)");
        }
        return switch (parser.currentToken()) {
            case START_OBJECT -> keys(depth);
            case START_ARRAY -> items(depth);
            case VALUE_NULL -> new YamlNode.Scalar(line(), "");
            default -> new YamlNode.Scalar(line(), parser.getText());
        };
    }

    private YamlNode.Items items(int depth) throws IOException {
        int line = line();
        List<YamlNode> items = new ArrayList<>();
        while (parser.nextToken() != JsonToken.END_ARRAY) {
            items.add(node(depth + 1));
        }
        return new YamlNode.Items(line, items);
    }

    private YamlNode.Keys keys(int depth) throws IOException {
        int line = line();
        Map<String, YamlNode.Entry> entries = new LinkedHashMap<>();
        while (parser.nextToken() == JsonToken.FIELD_NAME) {
            String key = parser.currentName();
            int keyLine = line();
            parser.nextToken();
            YamlNode.Entry before = entries.put(key, new YamlNode.Entry(keyLine, node(depth + 1)));
            if (before != null) {
                throw new ConfigException(name + ":" + keyLine + ": '" + key + "' stands in line " + before.line()
                        + " already (expected: each key once)");
            }
        }
        return new YamlNode.Keys(line, entries);
    }
}
