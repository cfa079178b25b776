package dev.sonde.model;

import java.util.Arrays;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.function.BiConsumer;

/** An immutable set of label names, each with one value, in the order of the names. An empty value means no label. */
public final class Labels {

    /** Longest label value in UTF-8 bytes that a client may send. */
    public static final int MAX_VALUE_BYTES = 1024;

    private static final Labels EMPTY = new Labels(new String[0], new String[0]);

    private final String[] names;
    private final String[] values;
    private final int hash;

    private Labels(String[] names, String[] values) {
        this.names = names;
        this.values = values;
        this.hash = 31 * Arrays.hashCode(names) + Arrays.hashCode(values);
    }

    /** No labels. */
    public static Labels empty() {
        return EMPTY;
    }

    /** The labels of a map; pairs with an empty value are left out. */
    public static Labels of(Map<String, String> map) {
        List<Map.Entry<String, String>> entries = new TreeMap<>(map)
                .entrySet().stream()
                        .filter(entry -> !entry.getValue().isEmpty())
                        .sorted(Comparator.comparing(Map.Entry::getKey))
                        .toList();
        if (entries.isEmpty()) {
            return EMPTY;
        }
        return new Labels(
                entries.stream().map(Map.Entry::getKey).toArray(String[]::new),
                entries.stream().map(Map.Entry::getValue).toArray(String[]::new));
    }

    /** The labels {@code name, value, name, value, ...}. */
    public static Labels of(String... pairs) {
        if (pairs.length % 2 != 0) {
            throw new IllegalArgumentException("labels: " + pairs.length + " strings (expected: pairs)");
        }
        Map<String, String> map = new TreeMap<>();
        for (int i = 0; i < pairs.length; i += 2) {
            map.put(pairs[i], pairs[i + 1]);
        }
        return of(map);
    }

    /**
     * Whether {@code name} may name a label: letters, digits and underscores, not a digit first, as Prometheus has it.
     */
    public static boolean isValidName(String name) {
        if (name.isEmpty() || (name.charAt(0) >= '0' && name.charAt(0) <= '9')) {
            return false;
        }
        for (int i = 0; i < name.length(); i++) {
            char c = name.charAt(i);
            boolean word = (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '_';
            if (!word) {
                return false;
            }
        }
        return true;
    }

    /** How many labels there are. */
    public int size() {
        return names.length;
    }

    /** The name at an index below {@link #size()}. */
    public String name(int index) {
        return names[index];
    }

    /** The value at an index below {@link #size()}. */
    public String value(int index) {
        return values[index];
    }

    /** The value of a label, or the empty string where there is none. */
    public String get(String name) {
        int index = Arrays.binarySearch(names, name);
        return index < 0 ? "" : values[index];
    }

    /** These labels with one set, replaced, or (by an empty value) removed. */
    public Labels with(String name, String value) {
        Map<String, String> map = new TreeMap<>(toMap());
        map.put(name, value);
        return of(map);
    }

    /** Calls back with each name and value, in the order of the names. */
    public void forEach(BiConsumer<String, String> action) {
        for (int i = 0; i < names.length; i++) {
            action.accept(names[i], values[i]);
        }
    }

    /** A copy as a map in the order of the names. */
    public Map<String, String> toMap() {
        Map<String, String> map = new LinkedHashMap<>();
        forEach(map::put);
        return map;
    }

    @Override
    public boolean equals(Object other) {
        return other instanceof Labels that
                && hash == that.hash
                && Arrays.equals(names, that.names)
                && Arrays.equals(values, that.values);
    }

    @Override
    public int hashCode() {
        return hash;
    }

    /** As a selector writes it: {@code {comm="java",service="api"}}. */
    @Override
    public String toString() {
        StringBuilder text = new StringBuilder("{");
        for (int i = 0; i < names.length; i++) {
            text.append(i == 0 ? "" : ",").append(names[i]).append("=\"");
            text.append(escape(values[i])).append('"');
        }
        return text.append('}').toString();
    }

    /** A value as it stands between the double quotes of a selector. */
    static String escape(String value) {
        return value.replace("\\", "\\\\").replace("\"", "\\\"").replace("\n", "\\n");
    }
}
