package dev.sonde.symbolizer.demangle.itanium;

import dev.sonde.symbolizer.demangle.itanium.parse.MangledName;
import dev.sonde.symbolizer.demangle.itanium.print.Declaration;
import dev.sonde.symbolizer.demangle.itanium.tree.NotUnderstoodException;

/** Turns a mangled C++ name into the declaration that it stands for. */
public final class ItaniumDemangler {

    /** Longer names are shown as they are: parsing is linear in the length, and the longest in practice have 4,000. */
    private static final int MAX_LENGTH = 32 * 1024;

    private static final String UNRESOLVED = "sr";

    private ItaniumDemangler() {}

    /**
     * The declaration, or null when the name is not mangled, not understood, or beyond the bounds.
     *
     * @param mangled a name that starts with {@code _Z}; a suffix that a compiler gave a clone ({@code .cold}) becomes
     *     {@code [clone .cold]}
     */
    public static String demangle(String mangled) {
        if (mangled.length() > MAX_LENGTH) {
            return null;
        }
        String declaration = demangle(mangled, false);
        // Both readings are possible at the place; only one fits the whole.
        boolean worthAnother = declaration == null && mangled.contains(UNRESOLVED);
        return worthAnother ? demangle(mangled, true) : declaration;
    }

    private static String demangle(String mangled, boolean oldUnresolvedNames) {
        try {
            MangledName name = MangledName.parse(mangled, oldUnresolvedNames);
            return Declaration.print(name.declaration(), name.suffix());
        } catch (NotUnderstoodException e) {
            return null;
        }
    }
}
