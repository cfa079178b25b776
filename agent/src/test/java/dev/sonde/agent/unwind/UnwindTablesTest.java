package dev.sonde.agent.unwind;

import static org.assertj.core.api.Assertions.assertThat;

import dev.sonde.agent.count.Counts;
import dev.sonde.agent.kernel.SamplerException;
import dev.sonde.agent.kernel.code.FileId;
import dev.sonde.agent.kernel.code.KernelTables;
import dev.sonde.agent.kernel.code.MappedCode;
import dev.sonde.agent.kernel.code.UnwindTableImage;
import dev.sonde.symbolizer.elf.ElfFile;
import java.io.IOException;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.HashSet;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** Which tables are placed, and which go: one real table under the names of many files. */
class UnwindTablesTest {

    private static final Path FILE = Path.of(System.getProperty("java.home"), "lib/libjimage.so");

    private final Counts<TableEvent> counts = new Counts<>(TableEvent.class);
    private final Kernel kernel = new Kernel();
    private long now = 1_000_000_000_000L;
    private int built;
    private long tableBytes;

    /** What the kernel would hold. */
    private static final class Kernel implements KernelTables {
        private final Map<FileId, Long> used = new HashMap<>();
        private final Set<Integer> slots = new HashSet<>();
        private boolean refuses;

        @Override
        public void put(FileId file, int slot, UnwindTableImage image) throws SamplerException {
            if (refuses) {
                throw new SamplerException("no");
            }
            assertThat(slots.add(slot)).as("slot %s is free", slot).isTrue();
            used.put(file, 0L);
        }

        @Override
        public Optional<UnwindTableImage> table(int slot) {
            return Optional.empty();
        }

        @Override
        public void putWithoutTable(FileId file) {
            used.put(file, 0L);
        }

        @Override
        public long usedNanos(FileId file) {
            return used.getOrDefault(file, 0L);
        }

        @Override
        public void remove(FileId file, int slot) {
            assertThat(used.remove(file)).isNotNull();
            assertThat(slot < 0 || slots.remove(slot)).isTrue();
        }
    }

    @BeforeEach
    void measure() throws IOException {
        try (ElfFile elf = ElfFile.open(FILE);
                FileTable table = FileTable.read(elf)) {
            tableBytes = table.image().orElseThrow().bytes() + UnwindTables.FILE_OVERHEAD_BYTES;
        }
    }

    private UnwindTables tables(TableSource source, long budget) {
        return new UnwindTables(source, kernel, budget, counts, () -> now);
    }

    private UnwindTables room(int files) {
        return tables(this::real, files * tableBytes);
    }

    private FileTable real(MappedCode code) throws IOException {
        built++;
        try (ElfFile elf = ElfFile.open(FILE)) {
            return FileTable.read(elf);
        }
    }

    private static FileId id(int number) {
        return new FileId(number, 0, 0, 1, 0);
    }

    private static MappedCode code(int number) {
        return new MappedCode(id(number), 1, 0, 0);
    }

    private void use(int number) {
        kernel.used.put(id(number), now);
    }

    @Test
    void theLeastRecentlyUsedGoesFirst() {
        UnwindTables tables = room(3);
        for (int i = 1; i <= 3; i++) {
            tables.want(code(i));
            use(4 - i);
            now++;
        }
        use(1);
        use(2);
        now += UnwindTables.IN_USE_NANOS;
        tables.want(code(4));
        assertThat(kernel.used).containsOnlyKeys(id(1), id(2), id(4));
        assertThat(counts.get(TableEvent.EVICTED)).isEqualTo(1);
        assertThat(tables.bytes()).isEqualTo(3 * tableBytes);
    }

    @Test
    void whatIsInUseStaysAndTheOtherIsAskedForLessAndLessOften() {
        UnwindTables tables = room(2);
        tables.want(code(1));
        tables.want(code(2));
        built = 0;
        // A sample of each a second for ten minutes, and the file without a table asked for.
        for (int second = 0; second < 600; second++, now += 1_000_000_000L) {
            use(1);
            use(2);
            tables.want(code(3));
        }
        assertThat(kernel.used).containsOnlyKeys(id(1), id(2));
        assertThat(counts.get(TableEvent.EVICTED)).isZero();
        // After 0, 5, 15, 35, 75, 155, 315 seconds.
        assertThat(counts.get(TableEvent.OVER_BUDGET)).isEqualTo(7);
        assertThat(built).isEqualTo(7);
        // One is not used any more.
        for (int second = 0; second < 330; second++, now += 1_000_000_000L) {
            use(1);
            tables.want(code(3));
        }
        assertThat(kernel.used).containsOnlyKeys(id(1), id(3));
    }

    @Test
    void nothingGoesWhereItWouldNotDo() {
        UnwindTables tables = room(2);
        tables.want(code(1));
        now += UnwindTables.NEW_NANOS;
        tables.want(code(2));
        use(2);
        MappedCode large = code(3);
        UnwindTables tight = tables;
        tight.want(large);
        assertThat(kernel.used).containsOnlyKeys(id(2), id(3));
        now += UnwindTables.NEW_NANOS;
        built = 0;
        assertThat(tables.offer(code(4))).isFalse();
        assertThat(tables.offer(code(4))).isFalse();
        assertThat(kernel.used).containsOnlyKeys(id(2), id(3));
        assertThat(built).as("once, for one in vain").isEqualTo(1);
        tables.want(code(4));
        assertThat(kernel.used).as("wanted is more than offered").containsOnlyKeys(id(2), id(4));
    }

    @Test
    void anErrorOfAFileCostsThatFileAlone() {
        for (Throwable thrown : new Throwable[] {
            new IllegalArgumentException("hostile"), new OutOfMemoryError("hostile"), new StackOverflowError("hostile")
        }) {
            TableSource hostile = code -> {
                if (code.file().inode() == 1) {
                    sneak(thrown);
                }
                return real(code);
            };
            kernel.used.clear();
            kernel.slots.clear();
            UnwindTables tables = tables(hostile, 10 * tableBytes);
            tables.want(code(1));
            tables.want(code(2));
            tables.want(code(1));
            assertThat(kernel.used).containsOnlyKeys(id(1), id(2));
            assertThat(kernel.slots).hasSize(1);
        }
        assertThat(counts.get(TableEvent.FAILED)).isEqualTo(3);
    }

    private static void sneak(Throwable thrown) {
        if (thrown instanceof Error error) {
            throw error;
        }
        throw (RuntimeException) thrown;
    }

    @Test
    void aRefusedTableKeepsNoSlotAndIsPostponed() {
        UnwindTables tables = room(2000);
        kernel.refuses = true;
        for (int i = 0; i < 3000; i++) {
            tables.want(code(i));
        }
        tables.want(code(0));
        assertThat(counts.get(TableEvent.REFUSED)).isEqualTo(3000);
        kernel.refuses = false;
        now += Postponed.FIRST_NANOS;
        tables.want(code(0));
        assertThat(kernel.used).containsOnlyKeys(id(0));
    }

    @Test
    void moreFilesThanSlots() {
        UnwindTables tables = room(2000);
        for (int i = 0; i <= KernelTables.SLOTS; i++) {
            tables.want(code(i));
        }
        assertThat(counts.get(TableEvent.OVER_BUDGET)).isEqualTo(1);
        now += Postponed.FIRST_NANOS;
        tables.want(code(KernelTables.SLOTS));
        assertThat(kernel.used).doesNotContainKey(id(0)).containsKey(id(KernelTables.SLOTS));
        assertThat(kernel.slots).hasSize(KernelTables.SLOTS);
    }

    @Test
    void aFileWhoseProcessHasEndedIsAskedForAgain() {
        UnwindTables tables = tables(
                code -> {
                    throw new NoSuchFileException("gone");
                },
                1 << 20);
        tables.want(code(1));
        tables.want(code(1));
        assertThat(counts.get(TableEvent.UNREADABLE)).isEqualTo(2);
        assertThat(kernel.used).isEmpty();
    }

    @Test
    void aFileThatCannotBeReadIsAskedForLater() {
        boolean[] broken = {true};
        UnwindTables tables = tables(
                code -> {
                    built++;
                    if (broken[0]) {
                        throw new IOException("no answer");
                    }
                    return real(code);
                },
                10 * tableBytes);
        tables.want(code(1));
        tables.want(code(1));
        assertThat(counts.get(TableEvent.UNREADABLE)).isEqualTo(1);
        assertThat(built).isEqualTo(1);
        broken[0] = false;
        now += Postponed.FIRST_NANOS;
        tables.want(code(1));
        assertThat(kernel.used).containsOnlyKeys(id(1));
    }

    @Test
    void smallTablesTakeMoreThanTheirBlocks() {
        for (int[] expected : new int[][] {{1, 8192}, {2, 16384}, {3, 16384}, {7, 32768}, {8, 36864}, {256, 1052672}}) {
            UnwindTableImage image = new UnwindTableImage(null, expected[0], 0, 0, 0, 10, java.util.List.of());
            assertThat(image.bytes()).as("%s blocks", expected[0]).isEqualTo(expected[1]);
        }
    }
}
