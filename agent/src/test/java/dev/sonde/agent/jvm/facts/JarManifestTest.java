package dev.sonde.agent.jvm.facts;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.FilterInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.util.zip.ZipEntry;
import java.util.zip.ZipOutputStream;
import org.junit.jupiter.api.Test;

class JarManifestTest {

    private static final String MANIFEST =
            "Manifest-Version: 1.0\r\nMain-Class: shop.Main\r\nImplementation-Version: 1.4\r\n\r\n";

    @Test
    void theManifestBehindItsFolder() throws IOException {
        byte[] jar = jar("META-INF/", 0, "META-INF/MANIFEST.MF");
        assertThat(JarManifest.read(new ByteArrayInputStream(jar))).contains(new JarManifest("shop.Main", "1.4"));
    }

    /** A hundred megabytes of zeros are a hundred kilobytes in the jar. */
    @Test
    void aFolderWithContentIsNotUnpacked() throws IOException {
        byte[] jar = jar("META-INF/", 100 << 20, "META-INF/MANIFEST.MF");
        assertThat(jar.length).isLessThan(512 << 10);
        assertThat(JarManifest.read(new ByteArrayInputStream(jar))).isEmpty();
    }

    @Test
    void whatComesBeforeTheManifestIsNotUnpacked() throws IOException {
        assertThat(JarManifest.read(new ByteArrayInputStream(jar("a.bin", 100 << 20, "META-INF/MANIFEST.MF"))))
                .isEmpty();
    }

    @Test
    void aBoundedPartOfTheJarIsRead() throws IOException {
        long[] read = {0};
        byte[] local = jar("META-INF/", 0, "x");
        int header = 30 + "META-INF/".length();
        InputStream endless = new FilterInputStream(InputStream.nullInputStream()) {
            @Override
            public int read(byte[] into, int from, int length) {
                for (int i = 0; i < length; i++) {
                    long at = read[0]++;
                    // A stored block without content, again and again: packed data that never becomes any.
                    into[from + i] = at < header ? local[(int) at] : (byte) ((at - header) % 5 < 3 ? 0 : 0xff);
                }
                return length;
            }

            @Override
            public int read() {
                byte[] one = new byte[1];
                read(one, 0, 1);
                return one[0] & 0xff;
            }
        };
        try {
            assertThat(JarManifest.read(endless)).isEmpty();
        } catch (IOException e) {
            assertThat(e).hasMessageNotContaining("OutOfMemory");
        }
        assertThat(read[0]).isLessThanOrEqualTo(1 << 20);
    }

    /** A jar of an entry with so many zeros, and another with a manifest's text. */
    private static byte[] jar(String first, int zeros, String second) throws IOException {
        ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        try (ZipOutputStream zip = new ZipOutputStream(bytes)) {
            zip.putNextEntry(new ZipEntry(first));
            byte[] chunk = new byte[1 << 20];
            for (int left = zeros; left > 0; left -= chunk.length) {
                zip.write(chunk);
            }
            zip.closeEntry();
            zip.putNextEntry(new ZipEntry(second));
            zip.write(MANIFEST.getBytes(StandardCharsets.UTF_8));
            zip.closeEntry();
        }
        return bytes.toByteArray();
    }
}
