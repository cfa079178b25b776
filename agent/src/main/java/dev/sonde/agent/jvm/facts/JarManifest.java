package dev.sonde.agent.jvm.facts;

import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.util.Optional;
import java.util.jar.Attributes;
import java.util.jar.Manifest;
import java.util.zip.ZipEntry;
import java.util.zip.ZipInputStream;

/**
 * What the manifest of a jar says of the application.
 *
 * @param mainClass {@code Main-Class}; empty where it has none
 * @param version {@code Implementation-Version}, of the package or the jar; empty where it has none
 */
record JarManifest(String mainClass, String version) {

    static final JarManifest NONE = new JarManifest("", "");

    private static final String NAME = "META-INF/MANIFEST.MF";

    /** The manifest is the first entry, or the second behind its folder's (java.util.jar.JarInputStream). */
    private static final int MAX_ENTRIES = 4;

    /** Of the jar. A packed entry may be long and empty. */
    private static final int MAX_BYTES = 512 << 10;

    /** That of an application with a long class path. */
    private static final int MAX_MANIFEST_BYTES = 256 << 10;

    /**
     * Reads the beginning of a jar.
     *
     * @return empty where no manifest is found there
     * @throws IOException when it is no jar, or as the stream does
     */
    static Optional<JarManifest> read(InputStream in) throws IOException {
        byte[] begin = in.readNBytes(MAX_BYTES);
        try (ZipInputStream zip = new ZipInputStream(new ByteArrayInputStream(begin))) {
            ZipEntry entry = zip.getNextEntry();
            for (int i = 0; i < MAX_ENTRIES && entry != null; i++, entry = zip.getNextEntry()) {
                if (entry.getName().equals(NAME)) {
                    byte[] bytes = zip.readNBytes(MAX_MANIFEST_BYTES);
                    return Optional.of(of(new Manifest(new ByteArrayInputStream(bytes)).getMainAttributes()));
                }
                // Skipping an entry would unpack it, however large: only empty ones are, as folders are.
                if (!entry.isDirectory() || zip.read() >= 0) {
                    break;
                }
            }
            return Optional.empty();
        }
    }

    private static JarManifest of(Attributes attributes) {
        return new JarManifest(
                text(attributes, Attributes.Name.MAIN_CLASS), text(attributes, Attributes.Name.IMPLEMENTATION_VERSION));
    }

    private static String text(Attributes attributes, Attributes.Name name) {
        String value = attributes.getValue(name);
        return value == null ? "" : value.strip();
    }
}
