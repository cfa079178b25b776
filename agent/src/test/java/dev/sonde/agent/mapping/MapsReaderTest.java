package dev.sonde.agent.mapping;

import static org.assertj.core.api.Assertions.assertThat;

import dev.sonde.agent.count.Counts;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import net.jqwik.api.Example;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.IntRange;
import net.jqwik.api.constraints.Size;

class MapsReaderTest {

    private final Counts<MappingEvent> counts = new Counts<>(MappingEvent.class);

    private Mappings read(String maps) throws IOException {
        return new MapsReader(counts).read(new ByteArrayInputStream(maps.getBytes(StandardCharsets.UTF_8)));
    }

    @Example
    void keepsTheExecutableRangesWithAllFields() throws IOException {
        Mappings mappings = read("""
                560365d4e000-560365d50000 r--p 00000000 fe:00 247026                     /usr/bin/cat
                560365d50000-560365d55000 r-xp 00002000 fe:00 247026                     /usr/bin/cat
                7faab4c15000-7faab4c22000 rwxp 00000000 00:00 0\s
                7faab4c22000-7faab4c23000 r-xs 00001000 00:1c 17                         /a b\\012c (deleted)
                7faab4c32000-7faab4c34000 r-xp 00000000 00:00 0                          [vdso]
                7ffd1c000000-7ffd1c021000 rw-p 00000000 00:00 0                          [stack]
                ffffffffff600000-ffffffffff601000 --xp 00000000 00:00 0                  [vsyscall]
                """);

        assertThat(List.of(mappings.get(0), mappings.get(1), mappings.get(2), mappings.get(3), mappings.get(4)))
                .containsExactly(
                        new Mapping(
                                0x560365d50000L,
                                0x560365d55000L,
                                0x2000,
                                Mapping.device(0xfe, 0),
                                247026,
                                "/usr/bin/cat",
                                false,
                                MappingKind.FILE),
                        new Mapping(0x7faab4c15000L, 0x7faab4c22000L, 0, 0, 0, "", false, MappingKind.ANONYMOUS),
                        new Mapping(
                                0x7faab4c22000L,
                                0x7faab4c23000L,
                                0x1000,
                                Mapping.device(0, 0x1c),
                                17,
                                "/a b\nc",
                                true,
                                MappingKind.FILE),
                        new Mapping(0x7faab4c32000L, 0x7faab4c34000L, 0, 0, 0, "[vdso]", false, MappingKind.VDSO),
                        new Mapping(
                                0xffffffffff600000L,
                                0xffffffffff601000L,
                                0,
                                0,
                                0,
                                "[vsyscall]",
                                false,
                                MappingKind.VSYSCALL));
        assertThat(mappings.size()).isEqualTo(5);
        assertThat(mappings.find(0xffffffffff600800L).kind()).isEqualTo(MappingKind.VSYSCALL);
        assertThat(mappings.find(0x560365d55000L)).isNull();
        assertThat(mappings.find(0x560365d54fffL).path()).isEqualTo("/usr/bin/cat");
        assertThat(mappings.find(0)).isNull();
        assertThat(mappings.find(-1)).isNull();
        assertThat(counts.get(MappingEvent.MAPS_LINE_MALFORMED)).isZero();
    }

    @Example
    void readsItsOwnMapsAsAnIndependentParserDoes() throws IOException {
        Path self = Path.of("/proc/self/maps");
        byte[] maps = Files.readAllBytes(self);
        Pattern line = Pattern.compile("([0-9a-f]+)-([0-9a-f]+) ..x. ([0-9a-f]+) \\S+ (\\d+) *(.*)");
        List<String> expected = new ArrayList<>();
        for (String text : new String(maps, StandardCharsets.UTF_8).split("\n", -1)) {
            Matcher matcher = line.matcher(text);
            if (matcher.matches()) {
                expected.add(String.join(
                        " ",
                        matcher.group(1),
                        matcher.group(2),
                        matcher.group(3).replaceFirst("^0*(?=.)", ""),
                        matcher.group(4),
                        matcher.group(5)));
            }
        }

        Mappings mappings = new MapsReader(counts).read(new ByteArrayInputStream(maps));

        List<String> read = new ArrayList<>();
        for (int i = 0; i < mappings.size(); i++) {
            Mapping m = mappings.get(i);
            read.add(String.join(
                    " ",
                    Long.toHexString(m.start()),
                    Long.toHexString(m.end()),
                    Long.toHexString(m.fileOffset()),
                    Long.toString(m.inode()),
                    m.path() + (m.deleted() ? " (deleted)" : "")));
        }
        assertThat(read).isNotEmpty().containsExactlyElementsOf(expected);
    }

    @Example
    void countsMalformedLinesAndGoesOn() throws IOException {
        Mappings mappings = read("""
                nonsense
                1000-2000
                2000-1000 r-xp 00000000 00:00 0
                3000-4000 r-xp 00000000 zz:00 0
                5000-6000 r-xp 00000000 00:00 x
                -6000 r-xp 00000000 00:00 0
                11112222333344445-6000 r-xp 00000000 00:00 0
                7000-8000 r-xp 00000000 00:00 0
                7800-9000 r-xp 00000000 00:00 0
                """);

        assertThat(mappings.size()).isEqualTo(1);
        assertThat(mappings.get(0).start()).isEqualTo(0x7000);
        assertThat(counts.get(MappingEvent.MAPS_LINE_MALFORMED)).isEqualTo(8);
    }

    @Example
    void aLineOfMegabytesIsCutAndTheNextIsRead() throws IOException {
        Mappings mappings = read("1000-2000 r-xp 00000000 00:01 7 /" + "x".repeat(3 << 20)
                + "\n3000-4000 r-xp 00000000 00:01 8 /next\n");

        assertThat(mappings.get(0).path().length()).isLessThan(17_000);
        assertThat(mappings.get(1).path()).isEqualTo("/next");
    }

    @Example
    void moreRangesThanTheBoundAreCutAndCounted() throws IOException {
        StringBuilder maps = new StringBuilder();
        for (long i = 1; i <= 2L * MapsReader.MAX_EXECUTABLE_RANGES; i++) {
            String range = Long.toHexString(i << 13) + "-" + Long.toHexString((i << 13) + 4096);
            maps.append(range).append(" r-xp 00000000 00:00 0\n");
        }

        Mappings mappings = read(maps.toString());

        assertThat(mappings.size())
                .isBetween(MapsReader.MAX_EXECUTABLE_RANGES, MapsReader.MAX_EXECUTABLE_RANGES + 1000);
        assertThat(counts.get(MappingEvent.MAPS_CUT)).isEqualTo(1);
    }

    @Property(tries = 300)
    void anyBytesAreReadIntoSortedRanges(@ForAll @Size(max = 400) byte[] bytes) throws IOException {
        Mappings mappings = new MapsReader(counts).read(new ByteArrayInputStream(bytes));
        assertThat(mappings.size()).isBetween(0, bytes.length / 2);
    }

    @Property(tries = 300)
    void aTruncatedAndDamagedFileNeverFails(
            @ForAll @IntRange(max = 400) int length, @ForAll @IntRange(max = 400) int where, @ForAll byte what)
            throws IOException {
        byte[] maps = """
                560365d50000-560365d55000 r-xp 00002000 fe:00 247026                     /usr/bin/cat
                7faab4c15000-7faab4c22000 rwxp 00000000 00:00 0\s
                7faab4c22000-7faab4c23000 r-xs 00001000 00:1c 17                         /a b\\012c (deleted)
                7faab4c32000-7faab4c34000 r-xp 00000000 00:00 0                          [vdso]
                """.getBytes(StandardCharsets.UTF_8);
        maps[where % maps.length] = what;

        Mappings mappings =
                new MapsReader(counts).read(new ByteArrayInputStream(maps, 0, Math.min(length, maps.length)));

        assertThat(mappings.size()).isLessThanOrEqualTo(4);
    }

    @Property(tries = 300)
    void findAgreesWithALinearSearch(
            @ForAll @Size(max = 30) List<@IntRange(min = 1, max = 5) Integer> gaps,
            @ForAll @IntRange(max = 200) int address) {
        List<Mapping> ranges = new ArrayList<>();
        long at = 0;
        for (int gap : gaps) {
            at += gap - 1;
            ranges.add(new Mapping(at, at + gap, 0, 0, 0, "", false, MappingKind.ANONYMOUS));
            at += gap;
        }
        Mapping expected = ranges.stream()
                .filter(range -> address >= range.start() && address < range.end())
                .findFirst()
                .orElse(null);

        assertThat(new Mappings(ranges).find(address)).isSameAs(expected);
    }
}
