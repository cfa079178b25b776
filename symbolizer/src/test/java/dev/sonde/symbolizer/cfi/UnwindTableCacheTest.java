package dev.sonde.symbolizer.cfi;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.sonde.symbolizer.elf.ElfException;
import dev.sonde.symbolizer.elf.ElfFile;
import dev.sonde.symbolizer.fixture.SystemFiles;
import java.io.IOException;
import java.lang.foreign.MemorySegment;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class UnwindTableCacheTest {

    private static final Path LIBRARY = SystemFiles.jdk("lib/libjimage.so");
    private static final long ROOM = 64L << 20;

    @TempDir
    private Path folder;

    @Test
    void aStoredTableIsTheBuiltOne() throws IOException {
        UnwindTableCache cache = new UnwindTableCache(folder.resolve("new"), ROOM);
        try (ElfFile file = ElfFile.open(LIBRARY);
                UnwindTable built = UnwindTable.read(file);
                UnwindTable first = cache.table(file);
                UnwindTable second = cache.table(file)) {
            for (UnwindTable stored : List.of(first, second)) {
                assertThat(stored.layout()).isEqualTo(built.layout());
                assertThat(TableText.rows(stored)).isEqualTo(TableText.rows(built));
                assertThat(stored.problems().entries())
                        .isEqualTo(built.problems().entries());
            }
        }
    }

    @Test
    void problemsAreStoredToo() throws IOException {
        FrameImage image = new FrameImage();
        int cie = image.usualCie();
        image.fde(cie, 0x1000, 0x100, 0x44, 0x3f);
        UnwindTableCache cache = new UnwindTableCache(folder, ROOM);
        try (ElfFile file = ElfFile.of(MemorySegment.ofArray(image.file(true)))) {
            cache.table(file).close();
            try (UnwindTable stored = cache.table(file)) {
                assertThat(TableText.problems(stored)).containsExactly("UNKNOWN_INSTRUCTION 1");
                assertThat(stored.problems().entries().getFirst().firstPc()).isEqualTo(0x1000);
            }
        }
    }

    @Test
    void aDamagedTableIsBuiltAnew() throws IOException {
        UnwindTableCache cache = new UnwindTableCache(folder, ROOM);
        try (ElfFile file = ElfFile.open(LIBRARY);
                UnwindTable built = UnwindTable.read(file)) {
            cache.table(file).close();
            Path stored = files().getFirst();
            byte[] sound = Files.readAllBytes(stored);
            Random random = new Random(1);
            for (int i = 0; i < 200; i++) {
                byte[] damaged = sound.clone();
                damaged[random.nextInt(damaged.length)] ^= (byte) (1 << random.nextInt(8));
                Files.write(stored, i % 4 == 0 ? Arrays.copyOf(damaged, random.nextInt(sound.length)) : damaged);
                try (UnwindTable table = cache.table(file)) {
                    assertThat(table.layout()).isEqualTo(built.layout());
                }
                assertThat(Files.readAllBytes(stored)).as("round %d", i).isEqualTo(sound);
            }
        }
    }

    @Test
    void aBuildIdAloneGivesNoTable() throws IOException {
        UnwindTableCache cache = new UnwindTableCache(folder, ROOM);
        byte[] bytes = Files.readAllBytes(LIBRARY);
        byte[] other = Arrays.copyOf(bytes, bytes.length + 1);
        try (ElfFile file = ElfFile.of(MemorySegment.ofArray(bytes));
                ElfFile pretender = ElfFile.of(MemorySegment.ofArray(other))) {
            assertThat(file.gnuBuildId()).isEqualTo(pretender.gnuBuildId());
            cache.table(file).close();
            cache.table(pretender).close();
            assertThat(files()).hasSize(2);
        }
    }

    @Test
    void whatWasUsedLongestAgoGoes() throws IOException {
        FrameImage[] images = new FrameImage[4];
        for (int i = 0; i < images.length; i++) {
            images[i] = new FrameImage();
            images[i].fde(images[i].usualCie(), 0x1000 + i, 0x100);
        }
        use(new UnwindTableCache(folder, ROOM), images[0], images[1]);
        long two = Files.size(files().get(0)) + Files.size(files().get(1));
        UnwindTableCache small = new UnwindTableCache(folder, two);
        List<Path> before = files();
        use(small, images[2], images[3]);
        assertThat(files()).hasSize(2).doesNotContainAnyElementsOf(before);
        UnwindTableCache none = new UnwindTableCache(folder, 0);
        use(none, images[0]);
        assertThat(files()).hasSize(1);
    }

    private static void use(UnwindTableCache cache, FrameImage... images) throws IOException {
        for (FrameImage image : images) {
            try (ElfFile file = ElfFile.of(MemorySegment.ofArray(image.file(true)))) {
                cache.table(file).close();
            }
        }
    }

    @Test
    void aFolderThatCannotBeWrittenCostsNothingButTime() throws IOException {
        UnwindTableCache cache = new UnwindTableCache(folder, ROOM);
        Files.delete(folder);
        try (ElfFile file = ElfFile.open(LIBRARY);
                UnwindTable table = cache.table(file)) {
            assertThat(table.layout().rows()).isPositive();
        }
        Files.createDirectory(folder);
    }

    @Test
    void aBrokenFileLeavesNothing() throws IOException {
        UnwindTableCache cache = new UnwindTableCache(folder, ROOM);
        try (ElfFile file = ElfFile.of(MemorySegment.ofArray(new FrameImage().file(true)))) {
            assertThatThrownBy(() -> cache.table(file)).isInstanceOf(ElfException.class);
        }
        assertThat(files()).isEmpty();
    }

    private List<Path> files() throws IOException {
        try (Stream<Path> files = Files.list(folder)) {
            return files.sorted().toList();
        }
    }
}
