package dev.sonde.agent.config;

import java.util.Collection;

/** The keys that may stand in one place; another is answered by the one that was probably meant. */
final class KnownKeys {

    private final Collection<String> keys;

    KnownKeys(Collection<String> keys) {
        this.keys = keys;
    }

    /**
     * Refuses a key that is not known.
     *
     * @param place file and line, and what the key belongs to
     */
    void check(String place, String key) {
        if (keys.contains(key)) {
            return;
        }
        String nearest = "";
        int best = Integer.MAX_VALUE;
        for (String known : keys) {
            int distance = distance(key, known);
            if (distance < best) {
                best = distance;
                nearest = known;
            }
        }
        // Farther than half of the word is no typing error.
        String hint = best <= Math.max(1, nearest.length() / 2) ? "; perhaps " + nearest : "";
        throw new ConfigException(
                place + ": unknown key '" + key + "' (expected: " + String.join(", ", keys) + hint + ")");
    }

    /** Insertions, deletions and exchanges between two words, Levenshtein. */
    private static int distance(String a, String b) {
        int[] row = new int[b.length() + 1];
        for (int j = 0; j < row.length; j++) {
            row[j] = j;
        }
        for (int i = 1; i <= a.length(); i++) {
            int diagonal = row[0];
            row[0] = i;
            for (int j = 1; j < row.length; j++) {
                int exchange = diagonal + (a.charAt(i - 1) == b.charAt(j - 1) ? 0 : 1);
                diagonal = row[j];
                row[j] = Math.min(exchange, 1 + Math.min(diagonal, row[j - 1]));
            }
        }
        return row[b.length()];
    }
}
