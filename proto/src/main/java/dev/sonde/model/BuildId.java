package dev.sonde.model;

import java.util.Objects;

/**
 * Names the contents of a file, however it is called and wherever it lies.
 *
 * @param type where the id comes from
 * @param hex the id in lower-case hexadecimal, 2 to 128 digits
 */
public record BuildId(Type type, String hex) {

    /** Longest id accepted: 64 bytes. GNU ids are 16 or 20 bytes, a SHA-256 is 32. */
    public static final int MAX_HEX_LENGTH = 128;

    /** The source of a build id. */
    public enum Type {
        /** The {@code NT_GNU_BUILD_ID} note of the ELF file. */
        GNU,
        /** SHA-256 over the file's first 4 KiB, its last 4 KiB and its length, for files without a note. */
        HASH
    }

    public BuildId {
        Objects.requireNonNull(type, "type");
        if (!isValid(hex)) {
            throw new IllegalArgumentException(
                    "build id: '" + hex + "' (expected: 2 to 128 lower-case hexadecimal digits, an even number)");
        }
    }

    /** Whether {@code hex} can be a build id. Nothing else may become part of a path or a key. */
    public static boolean isValid(String hex) {
        if (hex == null || hex.length() < 2 || hex.length() > MAX_HEX_LENGTH || hex.length() % 2 != 0) {
            return false;
        }
        for (int i = 0; i < hex.length(); i++) {
            char c = hex.charAt(i);
            if ((c < '0' || c > '9') && (c < 'a' || c > 'f')) {
                return false;
            }
        }
        return true;
    }
}
