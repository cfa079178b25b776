package dev.sonde.agent.wiring;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class FilePagesTest {

    private static final int BYTES = 4 << 20;

    @TempDir
    private Path folder;

    @Test
    void onlyLargeFilesThatAreAsOnDiskAreGivenBack() {
        String smaps = entry("7f0000000000-7f0000400000 r--p 00000000 fe:00 12   /a cache", 0)
                + entry("7f1000000000-7f1000400000 r-xp 00000000 fe:00 12         /lib/relocated.so", 8)
                + entry("7f2000000000-7f2000400000 rw-p 00000000 fe:00 12         /lib/data.so", 0)
                + entry("7f3000000000-7f3000400000 r--p 00000000 00:00 0 ", 0)
                + entry("7f4000000000-7f4000400000 r--s 00000000 00:0f 7          anon_inode:bpf-map", 0)
                + entry("7f5000000000-7f5000001000 r--p 00000000 fe:00 12         /lib/small.so", 0)
                + entry("7fff00000000-7fff00400000 r-xp 00000000 00:00 0          [vdso]", 0);
        assertThat(FilePages.unchanged(smaps)).containsExactly(new FilePages.Range(0x7f0000000000L, BYTES));
    }

    private static String entry(String mapping, int anonymousKib) {
        return mapping + "\nSize:   4096 kB\nRss:   4000 kB\nAnonymous:    " + anonymousKib
                + " kB\nTHPeligible:    0\nVmFlags: rd mr mw me sd \n";
    }

    @Test
    void pagesLeaveTheProcessAndAreThereWhenTheyAreNeeded() throws IOException {
        Path file = Files.write(folder.resolve("file"), new byte[BYTES]);
        try (FileChannel channel = FileChannel.open(file, StandardOpenOption.READ);
                Arena arena = Arena.ofConfined()) {
            MemorySegment mapped = channel.map(FileChannel.MapMode.READ_ONLY, 0, BYTES, arena);
            mapped.load();
            assertThat(residentKib(file)).isEqualTo(BYTES >> 10);
            FilePages pages = new FilePages(0);
            pages.look(FilePages.FIRST_NANOS - 1);
            assertThat(residentKib(file)).isEqualTo(BYTES >> 10);
            pages.look(FilePages.FIRST_NANOS);
            assertThat(residentKib(file)).isZero();
            assertThat(mapped.get(ValueLayout.JAVA_BYTE, BYTES - 1)).isZero();
        }
    }

    private static long residentKib(Path file) throws IOException {
        List<String> lines = Files.readAllLines(Path.of("/proc/self/smaps"));
        for (int i = 0; i < lines.size(); i++) {
            if (lines.get(i).endsWith(file.toString())) {
                String rss = lines.subList(i, lines.size()).stream()
                        .filter(line -> line.startsWith("Rss:"))
                        .findFirst()
                        .orElseThrow();
                return Long.parseLong(rss.replaceAll("[^0-9]", ""));
            }
        }
        throw new IOException(file + " is not mapped");
    }
}
