package dev.sonde.agent.label;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.List;
import java.util.regex.Pattern;
import net.jqwik.api.Example;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.CharRange;
import net.jqwik.api.constraints.Chars;
import net.jqwik.api.constraints.NotEmpty;
import net.jqwik.api.constraints.StringLength;

class GlobTest {

    @Example
    void wholeValuesOnly() {
        assertThat(new Glob("shop-*").matches("shop-api")).isTrue();
        assertThat(new Glob("shop-*").matches("a shop-api")).isFalse();
        assertThat(new Glob("*").matches("")).isTrue();
        assertThat(new Glob("?").matches("")).isFalse();
        assertThat(new Glob("/user.slice/*").matches("/user.slice/a/b")).isTrue();
        assertThat(new Glob("a\\*").matches("a*")).isTrue();
        assertThat(new Glob("a\\*").matches("ab")).isFalse();
    }

    @Example
    void patternsThatCannotBeMeant() {
        for (String pattern : List.of("", "a\\", "\\\\\\")) {
            assertThatThrownBy(() -> new Glob(pattern))
                    .isInstanceOf(IllegalArgumentException.class)
                    .hasMessageContaining("'" + pattern + "'")
                    .hasMessageContaining("expected");
        }
        assertThat(new Glob("\\\\").matches("\\")).isTrue();
    }

    @Property(tries = 2000)
    void agreesWithARegularExpression(
            @ForAll @NotEmpty @StringLength(max = 8) @Chars({'a', 'b', '*', '?'}) String pattern,
            @ForAll @StringLength(max = 8) @CharRange(from = 'a', to = 'b') String text) {
        String expression = pattern.replace("*", ".*").replace("?", ".");
        assertThat(new Glob(pattern).matches(text)).isEqualTo(Pattern.matches(expression, text));
    }
}
