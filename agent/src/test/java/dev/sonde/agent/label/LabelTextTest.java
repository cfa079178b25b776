package dev.sonde.agent.label;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.charset.StandardCharsets;
import net.jqwik.api.Example;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.IntRange;

class LabelTextTest {

    @Example
    void cutsBetweenCharacters() {
        assertThat(LabelText.value("x".repeat(3000))).hasSize(1024);
        assertThat(LabelText.value("x" + "é".repeat(600))).isEqualTo("x" + "é".repeat(511));
        assertThat(LabelText.bounded("a😀b", 4)).isEqualTo("a");
        assertThat(LabelText.bounded("a😀b", 5)).isEqualTo("a😀");
        assertThat(LabelText.printable("a\nb\u007f\ud800")).isEqualTo("a\ufffdb\ufffd\ufffd");
    }

    @Property(tries = 1000)
    void neverLongerAndAlwaysABeginning(@ForAll String text, @ForAll @IntRange(max = 50) int maxBytes) {
        String printable = LabelText.printable(text);
        String bounded = LabelText.bounded(printable, maxBytes);
        byte[] bytes = bounded.getBytes(StandardCharsets.UTF_8);
        assertThat(bytes.length).isLessThanOrEqualTo(maxBytes);
        assertThat(new String(bytes, StandardCharsets.UTF_8)).isEqualTo(bounded);
        assertThat(printable).startsWith(bounded);
        if (bounded.length() < printable.length()) {
            int next = printable.codePointAt(bounded.length());
            assertThat(bytes.length + Character.toString(next).getBytes(StandardCharsets.UTF_8).length)
                    .isGreaterThan(maxBytes);
        }
    }
}
