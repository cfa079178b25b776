package dev.sonde.symbolizer.symbols;

import static org.assertj.core.api.Assertions.assertThat;

import com.sun.management.ThreadMXBean;
import dev.sonde.symbolizer.elf.ElfReader;
import java.io.IOException;
import java.lang.management.ManagementFactory;
import java.nio.charset.StandardCharsets;
import org.junit.jupiter.api.Test;

class NamePoolTest {

    private static final int NAMES = 50_000;
    private static final String LONG = "a_name_as_long_as_those_of_classes_in_several_namespaces_";

    /** An agent extracts the names of large programs in a small heap. */
    @Test
    void theNamesOfATableAreHeldOnce() throws IOException {
        StringBuilder text = new StringBuilder("\0");
        SymbolColumns columns = new SymbolColumns();
        for (int i = 0; i < NAMES; i++) {
            columns.add(i, 1, text.length(), 1, (byte) 0);
            text.append(LONG).append(i).append('\0');
        }
        byte[] table = text.toString().getBytes(StandardCharsets.US_ASCII);
        NamePool pool = new NamePool();
        ElfReader reader = ElfReader.of(table, table.length);
        ThreadMXBean threads = (ThreadMXBean) ManagementFactory.getThreadMXBean();
        long before = threads.getCurrentThreadAllocatedBytes();
        pool.addAll(reader, columns, 0);
        long allocated = threads.getCurrentThreadAllocatedBytes() - before;
        assertThat(allocated).as("for %d bytes of names", table.length).isLessThan(table.length * 3L / 2);
        assertThat(pool.length()).isEqualTo(table.length);
        for (int i = 0; i < NAMES; i += 1000) {
            assertThat(pool.name(columns.name[i])).isEqualTo(LONG + i);
        }
    }
}
