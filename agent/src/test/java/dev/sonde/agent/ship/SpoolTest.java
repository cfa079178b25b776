package dev.sonde.agent.ship;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.sonde.agent.count.Counts;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class SpoolTest {

    private static final long MAX_BYTES = 1 << 20;

    @TempDir
    Path directory;

    private final Counts<ShipDrop> drops = new Counts<>(ShipDrop.class);
    private final Counts<ShipEvent> events = new Counts<>(ShipEvent.class);

    private Spool open(long maxBytes) throws IOException {
        return Spool.open(directory, maxBytes, drops, events);
    }

    private static byte[] text(String text) {
        return text.getBytes(StandardCharsets.UTF_8);
    }

    /** Takes all batches, in order; damaged ones are left out. */
    private static List<String> drain(Spool spool) throws IOException, InterruptedException {
        List<String> texts = new ArrayList<>();
        Optional<Spool.Batch> batch = spool.take(Duration.ZERO);
        while (batch.isPresent()) {
            spool.read(batch.get()).ifPresent(payload -> texts.add(new String(payload, StandardCharsets.UTF_8)));
            spool.remove(batch.get());
            batch = spool.take(Duration.ZERO);
        }
        return texts;
    }

    private List<String> files() throws IOException {
        try (Stream<Path> listed = Files.list(directory)) {
            return listed.map(file -> String.valueOf(file.getFileName()))
                    .sorted()
                    .toList();
        }
    }

    @Test
    void givesBatchesInOrderAlsoToTheNextProcess() throws IOException, InterruptedException {
        try (Spool spool = open(MAX_BYTES)) {
            for (int i = 0; i < 20; i++) {
                spool.append(text("batch " + i));
            }
        }
        try (Spool spool = open(MAX_BYTES)) {
            assertThat(spool.size()).isEqualTo(20);
            spool.append(text("after the restart"));
            assertThat(drain(spool))
                    .hasSize(21)
                    .startsWith("batch 0", "batch 1", "batch 2")
                    .endsWith("batch 19", "after the restart");
            assertThat(spool.bytes()).isZero();
        }
        assertThat(files()).containsExactly("lock");
    }

    @Test
    void aBatchStaysUntilItIsRemoved() throws IOException, InterruptedException {
        try (Spool spool = open(MAX_BYTES)) {
            spool.append(text("one"));
            assertThat(spool.take(Duration.ZERO)).isPresent();
            assertThat(spool.take(Duration.ZERO)).isPresent();
        }
        try (Spool spool = open(MAX_BYTES)) {
            assertThat(drain(spool)).containsExactly("one");
        }
    }

    /** What a crash leaves: a temporary file half written, never a batch half written; still, disks lie. */
    @Test
    void aTruncatedBatchIsPutAsideAndTheOthersGoOn() throws IOException, InterruptedException {
        int size = 36;
        for (int keep = 0; keep < size; keep++) {
            Path fresh = directory.resolve("cut-" + keep);
            try (Spool spool = Spool.open(fresh, MAX_BYTES, drops, events)) {
                spool.append(text("the first batch 1234"));
                spool.append(text("the second batch 234"));
                spool.append(text("the third batch 1234"));
            }
            Path second = fresh.resolve("0000000000000001.batch");
            byte[] whole = Files.readAllBytes(second);
            assertThat(whole).hasSize(size);
            Files.write(second, Arrays.copyOf(whole, keep));
            try (Spool spool = Spool.open(fresh, MAX_BYTES, drops, events)) {
                assertThat(drain(spool)).containsExactly("the first batch 1234", "the third batch 1234");
            }
            assertThat(drops.get(ShipDrop.SPOOL_CORRUPT)).isEqualTo(keep + 1);
            assertThat(fresh.resolve("0000000000000001.corrupt")).exists();
        }
    }

    @Test
    void anyChangedBitIsNoticed() throws IOException {
        Path file = directory.resolve("x.batch");
        SpoolFile.write(file, directory.resolve("x.tmp"), text("the only batch 12345"));
        byte[] whole = Files.readAllBytes(file);
        for (int bit = 0; bit < whole.length * 8; bit++) {
            byte[] bytes = whole.clone();
            bytes[bit / 8] ^= (byte) (1 << bit % 8);
            Files.write(file, bytes);
            assertThatThrownBy(() -> SpoolFile.read(file, Spool.MAX_PAYLOAD_BYTES))
                    .isInstanceOf(SpoolCorruptException.class);
        }
    }

    @Test
    void whatACrashLeftHalfWrittenIsCleared() throws IOException, InterruptedException {
        Files.write(directory.resolve("0000000000000005.tmp"), new byte[1000]);
        try (Spool spool = open(MAX_BYTES)) {
            assertThat(files()).containsExactly("lock");
            assertThat(drain(spool)).isEmpty();
        }
    }

    @Test
    void theOldestGoWhenItIsFull() throws IOException, InterruptedException {
        long three = 3 * SpoolFile.sizeOnDisk(100);
        try (Spool spool = open(three)) {
            for (int i = 0; i < 5; i++) {
                spool.append(text(Integer.toString(i).repeat(100)));
            }
            assertThat(spool.bytes()).isEqualTo(three);
            assertThat(drops.get(ShipDrop.SPOOL_FULL)).isEqualTo(2);
            assertThat(drain(spool)).containsExactly("2".repeat(100), "3".repeat(100), "4".repeat(100));
        }
    }

    @Test
    void theBatchThatIsBeingSentIsNotDropped() throws IOException, InterruptedException {
        try (Spool spool = open(2 * SpoolFile.sizeOnDisk(100))) {
            spool.append(text("a".repeat(100)));
            spool.append(text("b".repeat(100)));
            Spool.Batch sending = spool.take(Duration.ZERO).orElseThrow();
            spool.append(text("c".repeat(100)));
            assertThat(spool.read(sending)).hasValue(text("a".repeat(100)));
            spool.remove(sending);
            assertThat(drain(spool)).containsExactly("c".repeat(100));
        }
    }

    @Test
    void aSmallerBoundHoldsFromTheNextStart() throws IOException {
        try (Spool spool = open(MAX_BYTES)) {
            for (int i = 0; i < 5; i++) {
                spool.append(new byte[1000]);
            }
        }
        try (Spool spool = open(2 * SpoolFile.sizeOnDisk(1000))) {
            assertThat(spool.size()).isEqualTo(2);
            assertThat(drops.get(ShipDrop.SPOOL_FULL)).isEqualTo(3);
        }
    }

    @Test
    void aBatchLargerThanTheSpoolIsCounted() throws IOException {
        try (Spool spool = open(100)) {
            spool.append(new byte[1000]);
            assertThat(spool.size()).isZero();
            assertThat(drops.get(ShipDrop.TOO_LARGE)).isEqualTo(1);
        }
    }

    @Test
    void whereTheDiskCannotBeWrittenBatchesWaitInMemory() throws IOException, InterruptedException {
        try (Spool spool = open(MAX_BYTES)) {
            // A directory where the temporary file would be: the write fails, for root too.
            Files.createDirectory(directory.resolve("0000000000000000.tmp"));
            spool.append(text("kept"));
            spool.append(text("written"));
            assertThat(events.get(ShipEvent.KEPT_IN_MEMORY)).isEqualTo(1);
            assertThat(drain(spool)).containsExactly("kept", "written");
            assertThat(spool.bytes()).isZero();
        }
    }

    @Test
    void whatAFailedWriteLeftIsDeletedAndWrittenAtTheEnd() throws IOException, InterruptedException {
        try (Spool spool = open(MAX_BYTES)) {
            // A directory that is not empty where the batch would be: the rename fails, for root too.
            Path blocked = Files.createDirectory(directory.resolve("0000000000000000.batch"));
            Path inside = Files.createFile(blocked.resolve("inside"));
            spool.append(text("kept"));
            assertThat(events.get(ShipEvent.KEPT_IN_MEMORY)).isEqualTo(1);
            assertThat(files()).containsExactly("0000000000000000.batch", "lock");
            Files.delete(inside);
            Files.delete(blocked);
        }
        try (Spool spool = open(MAX_BYTES)) {
            assertThat(drain(spool)).containsExactly("kept");
        }
        assertThat(drops.get(ShipDrop.SPOOL_UNWRITABLE)).isZero();
    }

    @Test
    void whatIsInMemoryAndCannotBeWrittenAtTheEndIsCounted() throws IOException {
        try (Spool spool = open(MAX_BYTES)) {
            for (int i = 0; i < 2; i++) {
                Path blocked = Files.createDirectory(directory.resolve(String.format("%016x.batch", i)));
                Files.createFile(blocked.resolve("inside"));
            }
            spool.append(text("kept"));
        }
        assertThat(drops.get(ShipDrop.SPOOL_UNWRITABLE)).isEqualTo(1);
    }

    @Test
    void aBatchThatCannotBeReadNowStays() throws IOException, InterruptedException {
        try (Spool spool = open(MAX_BYTES)) {
            spool.append(text("one"));
            Path file = directory.resolve("0000000000000000.batch");
            byte[] whole = Files.readAllBytes(file);
            // Reading a directory is an error that is neither damage nor absence.
            Files.delete(file);
            Files.createDirectory(file);
            Spool.Batch batch = spool.take(Duration.ZERO).orElseThrow();
            assertThatThrownBy(() -> spool.read(batch)).isInstanceOf(IOException.class);
            spool.defer(batch, Duration.ZERO);
            Files.delete(file);
            Files.write(file, whole);
            assertThat(drain(spool)).containsExactly("one");
            assertThat(drops.get(ShipDrop.SPOOL_CORRUPT)).isZero();
        }
    }

    @Test
    void aDeferredBatchComesAfterTheOthersAndGoesFirstWhenItIsFull() throws IOException, InterruptedException {
        try (Spool spool = open(2 * SpoolFile.sizeOnDisk(100))) {
            spool.append(text("a".repeat(100)));
            spool.append(text("b".repeat(100)));
            spool.deferRest(spool.take(Duration.ZERO).orElseThrow(), text("rest"), Duration.ZERO);
            assertThat(spool.bytes()).isEqualTo(SpoolFile.sizeOnDisk(100) + SpoolFile.sizeOnDisk(4));
            assertThat(drain(spool)).containsExactly("b".repeat(100), "rest");
            spool.append(text("c".repeat(100)));
            spool.append(text("d".repeat(100)));
            spool.defer(spool.take(Duration.ZERO).orElseThrow(), Duration.ofDays(1));
            spool.append(text("e".repeat(100)));
            assertThat(drain(spool)).containsExactly("d".repeat(100), "e".repeat(100));
            assertThat(drops.get(ShipDrop.SPOOL_FULL)).isEqualTo(1);
        }
    }

    @Test
    void aSecondAgentIsRefused() throws IOException {
        try (Spool spool = open(MAX_BYTES)) {
            assertThat(spool.size()).isZero();
            assertThatThrownBy(() -> open(MAX_BYTES))
                    .isInstanceOf(IOException.class)
                    .hasMessageContaining("used by another agent")
                    .hasMessageContaining("--spool");
        }
    }

    @Test
    void damagedFilesThatAreKeptAreBounded() throws IOException, InterruptedException {
        for (int i = 0; i < 20; i++) {
            Files.write(directory.resolve(String.format("%016x.batch", i)), new byte[] {1, 2, 3});
        }
        try (Spool spool = open(MAX_BYTES)) {
            assertThat(drain(spool)).isEmpty();
        }
        assertThat(drops.get(ShipDrop.SPOOL_CORRUPT)).isEqualTo(20);
        assertThat(files()).hasSize(9).contains("lock", "0000000000000013.corrupt");
    }
}
