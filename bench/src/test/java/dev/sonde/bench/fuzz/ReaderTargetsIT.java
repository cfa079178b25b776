package dev.sonde.bench.fuzz;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What the fuzzer begins with is sound, and the targets hand it on; the short forms are the symbolizer's own tests. */
class ReaderTargetsIT {

    @TempDir
    private Path folder;

    @Test
    void aWholeFile() throws Exception {
        byte[] library = Files.readAllBytes(new FuzzSeeds(folder).library());
        assertThat(SoundTable.rows(library)).isGreaterThan(20);
        assertThat(SoundTable.rows(Arrays.copyOf(library, 100))).isZero();
    }

    @Test
    void frames() throws Exception {
        Template template = Template.of(new FuzzSeeds(folder).exceptions(), FramesTarget.SECTION);
        byte[] file = template.copy();
        byte[] section = Arrays.copyOfRange(file, template.at(), template.at() + template.size());
        assertThat(FramesTarget.file(template, section)).isEqualTo(file);
        int rows = SoundTable.rows(file);
        assertThat(SoundTable.rows(FramesTarget.file(template, Arrays.copyOf(section, section.length / 2))))
                .isBetween(1, rows - 1);
    }

    @Test
    void goTables() throws Exception {
        Template template = Template.of(new FuzzSeeds(folder).go(), GoTarget.SECTION);
        byte[] seed = GoTarget.seed(template, 50);
        assertThat(GoTarget.file(template, seed)).isEqualTo(template.copy());
        assertThat(SoundTable.rows(template.copy())).isGreaterThan(1000);
    }
}
