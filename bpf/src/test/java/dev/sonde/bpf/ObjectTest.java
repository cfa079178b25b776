package dev.sonde.bpf;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import org.assertj.core.data.Index;
import org.junit.jupiter.api.Test;

/** The compiled sampler as it lies in the jar. */
class ObjectTest {
    /** EM_BPF (include/uapi/linux/elf-em.h). */
    private static final byte EM_BPF = (byte) 247;

    private static byte[] object() throws Exception {
        try (InputStream in = ObjectTest.class.getResourceAsStream("sampler.bpf.o")) {
            return in.readAllBytes();
        }
    }

    @Test
    void isForBpf() throws Exception {
        assertThat(object()).startsWith(0x7f, 'E', 'L', 'F', 2, 1).contains(EM_BPF, Index.atIndex(18));
    }

    @Test
    void hasTypesButNoDebugInformation() throws Exception {
        String text = new String(object(), StandardCharsets.ISO_8859_1);
        assertThat(text).contains(".BTF\0", ".BTF.ext\0").doesNotContain(".debug_");
    }

    @Test
    void namesNoFileOfTheMachineThatBuiltIt() throws Exception {
        String text = new String(object(), StandardCharsets.ISO_8859_1);
        assertThat(text)
                .doesNotContain(System.getProperty("user.dir"))
                .doesNotContain(System.getProperty("user.home") + "/")
                .contains("./sampler.bpf.c");
    }

    @Test
    void headersAreBesideIt() {
        assertThat(getClass().getResource("event.h")).isNotNull();
        assertThat(getClass().getResource("sample.h")).isNotNull();
    }
}
