package dev.sonde.server.query;

import static dev.sonde.server.query.StackTrees.store;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import com.fasterxml.jackson.databind.ObjectMapper;
import dev.sonde.server.store.TestProfiles;
import java.io.ByteArrayOutputStream;
import java.util.List;
import org.junit.jupiter.api.Test;

class TopQueryTest {

    private static TopFunctions top(int limit, String... stacksAndValues) throws Exception {
        return new TopQuery(store(stacksAndValues), FrameNamer.ofLines()).run(TestProfiles.query("cpu.samples"), limit);
    }

    private static List<String> words(TopFunctions top) {
        return top.functions().stream()
                .map(function -> function.name() + " " + function.flat() + " " + function.cum())
                .toList();
    }

    @Test
    void flatIsTheFunctionsOwnAndCumWithWhatItCalled() throws Exception {
        assertThat(words(top(10, "main;a;b", "5", "main;a", "1", "main;b", "3")))
                .containsExactly("b 8 8", "a 1 6", "main 0 9");
    }

    @Test
    void recursionCountsOnce() throws Exception {
        assertThat(words(top(10, "f;f;f", "5", "f;g;f;g", "2", "g;h", "1"))).containsExactly("f 5 7", "g 2 3", "h 1 1");
    }

    @Test
    void inlinedAndNotInlinedIsOneFunction() throws Exception {
        assertThat(words(top(10, "main+m", "5", "main;m", "2", "m+m", "1"))).containsExactly("m 8 8", "main 0 7");
    }

    @Test
    void whatTheLimitLeavesOutIsSaid() throws Exception {
        TopFunctions top = top(1, "main;a", "5", "main;b", "3", "main;c", "2");
        assertThat(words(top)).containsExactly("a 5 5");
        assertThat(top.omitted()).isEqualTo(3);
        assertThat(top.omittedFlat()).isEqualTo(5);
        assertThat(top.total()).isEqualTo(10);
    }

    @Test
    void limitsAreChecked() {
        assertThatExceptionOfType(QueryException.class)
                .isThrownBy(() -> top(0, "main", "1"))
                .withMessage("limit: 0 (expected: 1 to 100000)");
    }

    @Test
    void theJsonIsAsAgreed() throws Exception {
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        TopJson.write(top(1, "main;a", "5"), out);
        assertThat(new ObjectMapper().readTree(out.toByteArray())).isEqualTo(new ObjectMapper().readTree("""
                        {"type": "cpu", "unit": "count", "total": 5,
                         "functions": [{"name": "a", "file": "a.c", "mapping": "a", "kind": "native", "flat": 5, "cum": 5}],
                         "omitted": 1, "omitted_flat": 0}"""));
    }
}
