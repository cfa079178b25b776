package dev.sonde.symbolizer.demangle.rust;

/** What LLVM appends to the names of copies. */
final class RustSuffix {

    /** Followed by a hash that is another in each build; it says that ThinLTO made the function visible. */
    private static final String THIN_LTO = ".llvm.";

    private RustSuffix() {}

    /** The suffix as shown: nothing for none and for ThinLTO's, else {@code " [clone .cold]"}. */
    static String text(String suffix) throws NotUnderstoodException {
        int end = suffix.indexOf(THIN_LTO);
        String kept = end < 0 ? suffix : suffix.substring(0, end);
        if (kept.isEmpty()) {
            return "";
        }
        if (kept.charAt(0) != '.') {
            throw new NotUnderstoodException();
        }
        for (int i = 0; i < kept.length(); i++) {
            if (kept.charAt(i) <= ' ' || kept.charAt(i) > '~') {
                throw new NotUnderstoodException();
            }
        }
        return " [clone " + kept + "]";
    }
}
