package dev.sonde.agent.label;

/**
 * The name of a jar, parted where the JDK parts it to name an automatic module: at the first hyphen that a number follows,
 * which ends at a dot or with the name (java.lang.module.ModuleFinder, "automatic modules").
 *
 * @param artifact {@code shop-api} of {@code shop-api-1.4.2-rc1.jar}
 * @param version {@code 1.4.2-rc1}; empty where the name has none
 */
public record JarName(String artifact, String version) {

    private static final String SUFFIX = ".jar";

    /** Names of artifacts have up to some 50 characters; each class of a hostile JVM may bring another one. */
    private static final int MAX_BYTES = 128;

    /**
     * Parts a jar's name.
     *
     * @param file with or without folders and {@code .jar}
     */
    public static JarName of(String file) {
        String name = file.substring(file.lastIndexOf('/') + 1);
        if (name.endsWith(SUFFIX) && name.length() > SUFFIX.length()) {
            name = name.substring(0, name.length() - SUFFIX.length());
        }
        for (int hyphen = name.indexOf('-'); hyphen >= 0; hyphen = name.indexOf('-', hyphen + 1)) {
            if (hyphen > 0 && isVersion(name, hyphen + 1)) {
                return new JarName(name.substring(0, hyphen), name.substring(hyphen + 1));
            }
        }
        return new JarName(name, "");
    }

    /**
     * The jar that a URL leads to, without folders and version, or that in it which it leads to: {@code shop-api.jar} of
     * {@code /srv/shop-api-1.4.2.jar} and of {@code file:/srv/app.jar!/BOOT-INF/lib/shop-api-1.4.2.jar!/}; empty where it
     * leads to none.
     */
    public static String inLocation(String url) {
        for (int end = url.lastIndexOf(SUFFIX); end >= 0; end = url.lastIndexOf(SUFFIX, end - 1)) {
            int behind = end + SUFFIX.length();
            if (behind == url.length() || url.charAt(behind) == '!' || url.charAt(behind) == '/') {
                String path = EnvironmentLabels.percentDecode(url.substring(0, behind));
                return LabelText.bounded(LabelText.printable(of(path).artifact()), MAX_BYTES) + SUFFIX;
            }
        }
        return "";
    }

    private static boolean isVersion(String name, int from) {
        int end = from;
        while (end < name.length() && name.charAt(end) >= '0' && name.charAt(end) <= '9') {
            end++;
        }
        return end > from && (end == name.length() || name.charAt(end) == '.');
    }
}
