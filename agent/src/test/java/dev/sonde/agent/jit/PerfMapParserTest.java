package dev.sonde.agent.jit;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.List;
import net.jqwik.api.Example;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.IntRange;
import net.jqwik.api.constraints.Size;

class PerfMapParserTest {

    private static PerfMap parse(String text) {
        return parse(text.getBytes(StandardCharsets.UTF_8));
    }

    private static PerfMap parse(byte[] bytes) {
        try {
            return PerfMapParser.parse(new ByteArrayInputStream(bytes), bytes.length, false);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    @Example
    void namesWithSpacesAndBordersOfRanges() {
        PerfMap map = parse("1000 20 LazyCompile:~add /app/x.js:3\n0x2000 0x10 second\n");

        assertThat(map.find(0x0fff)).isNull();
        assertThat(map.find(0x1000)).isEqualTo("LazyCompile:~add /app/x.js:3");
        assertThat(map.find(0x101f)).isEqualTo("LazyCompile:~add /app/x.js:3");
        assertThat(map.find(0x1020)).isNull();
        assertThat(map.find(0x2000)).isEqualTo("second");
        assertThat(map.find(-1)).isNull();
        assertThat(map.find(Long.MIN_VALUE)).isNull();
        assertThat(map.malformedLines()).isZero();
    }

    @Example
    void theSameNameIsDecodedOnce() {
        PerfMap map = parse("1000 20 f\n");
        assertThat(map.find(0x1000)).isSameAs(map.find(0x1010));
    }

    @Example
    void laterLinesOverrideWhatTheyOverlap() {
        PerfMap map = parse("1000 100 outer\n1040 10 inner\n10f0 40 behind\n");

        assertThat(List.of(map.find(0x1000), map.find(0x1040), map.find(0x104f), map.find(0x1050), map.find(0x10f0)))
                .containsExactly("outer", "inner", "inner", "outer", "behind");
        assertThat(map.find(0x112f)).isEqualTo("behind");
        assertThat(map.size()).isEqualTo(4);
    }

    @Example
    void malformedLinesAreCounted() {
        PerfMap map = parse("""
                nonsense
                1000
                1000 20
                1000 20\s
                x000 20 f
                1000 2y f
                1000 0 empty
                -1000 20 f
                ffffffffffffffff 20 f
                11111111111111111111111111 20 f
                1000 fffffffffffffff f
                1000  20  two spaces
                2000 20 good
                3000 20 still being written""");

        assertThat(map.find(0x2000)).isEqualTo("good");
        assertThat(map.find(0x1000)).isNotNull();
        assertThat(map.find(0x3000)).isNull();
        assertThat(map.malformedLines()).isEqualTo(11);
    }

    @Example
    void hostileNamesAreBoundedAndPrintable() {
        PerfMap map = parse("1000 10 a\u0000\u001b[31mb\r\n2000 10 " + "é".repeat(1 << 20) + "\n");

        assertThat(map.find(0x1000)).isEqualTo("a\ufffd\ufffd[31mb\ufffd");
        assertThat(map.find(0x2000)).matches("é{256}");
    }

    @Example
    void noMoreLinesThanTheBound() {
        StringBuilder text = new StringBuilder();
        for (int i = 0; i < PerfMapParser.MAX_LINES + 5; i++) {
            text.append(Integer.toHexString(i * 2)).append(" 1 f\n");
        }
        PerfMap map = parse(text.toString());
        assertThat(map.size()).isEqualTo(PerfMapParser.MAX_LINES);
        assertThat(map.malformedLines()).isEqualTo(5);
    }

    @Property(tries = 500)
    void agreesWithReadingTheFileBackwards(
            @ForAll @Size(max = 20) List<@IntRange(max = 60) Integer> starts,
            @ForAll @Size(max = 20) List<@IntRange(min = 1, max = 30) Integer> sizes) {
        int lines = Math.min(starts.size(), sizes.size());
        StringBuilder text = new StringBuilder();
        for (int i = 0; i < lines; i++) {
            text.append(Integer.toHexString(starts.get(i))).append(' ');
            text.append(Integer.toHexString(sizes.get(i)))
                    .append(" name")
                    .append(i)
                    .append('\n');
        }

        PerfMap map = parse(text.toString());

        for (int address = 0; address < 100; address++) {
            String expected = null;
            for (int i = lines - 1; i >= 0 && expected == null; i--) {
                boolean holds = address >= starts.get(i) && address < starts.get(i) + sizes.get(i);
                expected = holds ? "name" + i : null;
            }
            assertThat(map.find(address)).isEqualTo(expected);
        }
    }

    @Property(tries = 500)
    void anyBytesAreRead(@ForAll @Size(max = 300) byte[] bytes) {
        PerfMap map = parse(bytes);
        for (int address = 0; address < 256; address++) {
            String name = map.find(address);
            assertThat(name == null || name.length() <= PerfMap.MAX_NAME_BYTES).isTrue();
        }
    }
}
