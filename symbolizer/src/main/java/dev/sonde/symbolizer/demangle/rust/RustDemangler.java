package dev.sonde.symbolizer.demangle.rust;

/** Turns a mangled Rust name into the path that it stands for. */
public final class RustDemangler {

    /** Longer names are shown as they are; rustc itself cuts types short before this. */
    private static final int MAX_LENGTH = 32 * 1024;

    private RustDemangler() {}

    /**
     * The path, or null when the name is not mangled by rustc, not understood, or beyond the bounds.
     *
     * @param mangled a name that starts with {@code _R}, or with {@code _ZN} and ends in a hash
     */
    public static String demangle(String mangled) {
        if (mangled.length() > MAX_LENGTH) {
            return null;
        }
        try {
            if (mangled.startsWith("_R")) {
                return V0Name.demangle(mangled);
            }
            return mangled.startsWith("_ZN") ? LegacyName.demangle(mangled) : null;
        } catch (NotUnderstoodException e) {
            return null;
        }
    }
}
