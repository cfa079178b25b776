package dev.sonde.agent.jvm.layout;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.sonde.symbolizer.elf.ElfException;
import dev.sonde.symbolizer.elf.ElfFile;
import dev.sonde.symbolizer.elf.Section;
import java.io.IOException;
import java.lang.foreign.MemorySegment;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Map;
import java.util.function.IntUnaryOperator;
import org.junit.jupiter.api.Test;

/** Files with a table of symbols whose names stand where a test wants them. */
class SymbolSearchTest {

    private static final int HEADER = 64;
    private static final int SECTION_HEADER = 64;
    private static final int SYMBOL = 24;
    private static final String NAME = "_ZN12StubRoutines";
    private static final int NAME_ROOM = 64;

    @Test
    void allOfSeveralBatchesAreFoundWhateverTheirOrder() throws IOException {
        int count = 40_000;
        Map<String, LibJvm.Symbol> found = find(count, NAME_ROOM * count, i -> NAME_ROOM * (i * 7919 % count));
        assertThat(found).hasSize(1 << 12);
        Map<String, LibJvm.Symbol> few = find(300, NAME_ROOM * 300, i -> NAME_ROOM * (i * 7919 % 300));
        assertThat(few).hasSize(300);
        assertThat(few.get(NAME + 7919 % 300)).isEqualTo(new LibJvm.Symbol(NAME + 7919 % 300, 0x10000 + 1, 8));
    }

    /** Each name in another window: the whole file would be read once for each symbol. */
    @Test
    void namesThatAreScatteredOverAHugeTableAreRefused() {
        int windows = 300;
        int names = windows << 17;
        // One in each window and batch: 16 batches see 300 windows each.
        assertThatThrownBy(() -> find(300_000, names, i -> i % windows << 17))
                .isInstanceOf(ElfException.class)
                .hasMessageContaining("names of");
    }

    private static Map<String, LibJvm.Symbol> find(int count, int nameBytes, IntUnaryOperator place)
            throws IOException {
        try (ElfFile file = ElfFile.of(MemorySegment.ofArray(file(count, nameBytes, place)))) {
            return SymbolSearch.find(file, List.of(NAME), 0x10000, Section.SYMTAB);
        }
    }

    /** Symbol {@code i} is at address {@code i}, and called by the number of its name's place. */
    private static byte[] file(int count, int nameBytes, IntUnaryOperator place) {
        int symbols = HEADER + 3 * SECTION_HEADER;
        int names = symbols + (count + 1) * SYMBOL;
        ByteBuffer file = ByteBuffer.allocate(names + nameBytes).order(ByteOrder.LITTLE_ENDIAN);
        file.put(0, new byte[] {0x7f, 'E', 'L', 'F', 2, 1, 1});
        file.putShort(16, (short) 3).putShort(18, (short) 62).putInt(20, 1);
        file.putLong(40, HEADER).putShort(52, (short) 64).putShort(54, (short) 56);
        file.putShort(58, (short) SECTION_HEADER).putShort(60, (short) 3).putShort(62, (short) 2);
        section(file, 1, Section.SYMTAB, symbols, (count + 1L) * SYMBOL, SYMBOL);
        section(file, 2, Section.STRTAB, names, nameBytes, 0);
        for (int i = 0; i < count; i++) {
            int at = symbols + (i + 1) * SYMBOL;
            int name = place.applyAsInt(i);
            file.putInt(at, name).put(at + 4, (byte) 1).putShort(at + 6, (short) 1);
            file.putLong(at + 8, i).putLong(at + 16, 8);
            file.put(names + name, (NAME + name / NAME_ROOM + "\0").getBytes(StandardCharsets.US_ASCII));
        }
        return file.array();
    }

    private static void section(ByteBuffer file, int number, int type, long offset, long bytes, long entryBytes) {
        int at = HEADER + number * SECTION_HEADER;
        file.putInt(at + 4, type).putLong(at + 24, offset).putLong(at + 32, bytes);
        file.putInt(at + 40, 2).putLong(at + 48, 1).putLong(at + 56, entryBytes);
    }
}
