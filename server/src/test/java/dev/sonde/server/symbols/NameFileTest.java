package dev.sonde.server.symbols;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.sonde.server.store.StoredLocation.StoredLine;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.function.UnaryOperator;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

final class NameFileTest {

    private static final Naming PLAIN = new Naming(UnaryOperator.identity());

    private static final List<StoredLine> INLINED =
            List.of(new StoredLine("inner", "inner", "a.c", 7), new StoredLine("outer", "outer", "b.c", 0));

    @TempDir
    private Path folder;

    private static StoredLine line(String name) {
        return new StoredLine(name, name, "", 0);
    }

    private static Map<Long, List<StoredLine>> read(Path path) throws IOException {
        Map<Long, List<StoredLine>> names = new LinkedHashMap<>();
        new NameFile(path).read(PLAIN, names::put);
        return names;
    }

    private Path written() throws IOException {
        Path path = folder.resolve("ab/abcd");
        NameFile file = new NameFile(path);
        file.read(PLAIN, (address, lines) -> {});
        file.add(0x1000, List.of(line("main")));
        file.add(0xffffffff80001234L, INLINED);
        file.flush();
        file.add(0x1001, List.of(line("main")));
        file.flush();
        return path;
    }

    @Test
    void whatWasWrittenIsRead() throws IOException {
        Map<Long, List<StoredLine>> names = read(written());
        assertThat(names).containsOnlyKeys(0x1000L, 0xffffffff80001234L, 0x1001L);
        assertThat(names).containsEntry(0xffffffff80001234L, INLINED);
        assertThat(names).containsEntry(0x1001L, List.of(line("main")));
    }

    @Test
    void howANameReadsIsDecidedAnew() throws IOException {
        Path path = written();
        new NameFile(path).read(new Naming(name -> "<" + name + ">"), (address, lines) -> {
            for (StoredLine line : lines) {
                assertThat(line.name()).isEqualTo("<" + line.systemName() + ">");
            }
        });
    }

    @Test
    void aFileMayGoOnAfterItWasRead() throws IOException {
        Path path = written();
        NameFile file = new NameFile(path);
        file.read(PLAIN, (address, lines) -> {});
        file.add(0x2000, List.of(line("main"), line("new")));
        file.flush();
        assertThat(read(path)).hasSize(4).containsEntry(0x2000L, List.of(line("main"), line("new")));
    }

    @Test
    void aFileCutOffAnywhereKeepsWhatIsWhole() throws IOException {
        byte[] whole = Files.readAllBytes(written());
        int before = 0;
        for (int length = 0; length <= whole.length; length++) {
            Path path = Files.write(folder.resolve("cut" + length), Arrays.copyOf(whole, length));
            int names = read(path).size();
            assertThat(names).isBetween(before, 3);
            before = names;

            NameFile file = new NameFile(path);
            file.read(PLAIN, (address, lines) -> {});
            file.add(0x3000, List.of(line("later")));
            file.flush();
            assertThat(read(path)).hasSize(names + 1).containsEntry(0x3000L, List.of(line("later")));
        }
        assertThat(before).isEqualTo(3);
    }

    @Test
    void damageIsNeverReadAsANameOfAnother() throws IOException {
        byte[] whole = Files.readAllBytes(written());
        Map<Long, List<StoredLine>> sound = read(folder.resolve("ab/abcd"));
        Random random = new Random(3);
        for (int i = 0; i < 500; i++) {
            byte[] damaged = whole.clone();
            damaged[8 + random.nextInt(whole.length - 8)] ^= (byte) (1 << random.nextInt(8));
            Path path = Files.write(folder.resolve("damaged"), damaged);
            assertThat(sound).containsAllEntriesOf(read(path));
        }
    }

    @Test
    void anotherKindOfFileIsRefused() throws IOException {
        Path path = Files.writeString(folder.resolve("other"), "something else entirely");
        assertThatThrownBy(() -> read(path)).isInstanceOf(IOException.class).hasMessageContaining("expected");
    }

    @Test
    void longNamesAreCut() throws IOException {
        Path path = folder.resolve("long");
        NameFile file = new NameFile(path);
        file.add(1, List.of(line("é".repeat(100_000))));
        file.flush();
        assertThat(read(path).get(1L).getFirst().systemName()).hasSize(21_845);
    }
}
