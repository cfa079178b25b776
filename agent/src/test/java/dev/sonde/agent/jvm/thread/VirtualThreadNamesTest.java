package dev.sonde.agent.jvm.thread;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.charset.StandardCharsets;
import java.util.HashSet;
import java.util.Set;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.Test;

class VirtualThreadNamesTest {

    private final AtomicInteger full = new AtomicInteger();
    private final VirtualThreadNames names = new VirtualThreadNames(new AtomicLong(7), full::incrementAndGet);

    @Test
    void aNameIsTheSameObjectAgain() {
        VirtualThreadNames.Named first = latin1("handler-1");
        assertThat(first.name()).isEqualTo("handler-1");
        assertThat(latin1("handler-1")).isSameAs(first);
        assertThat(latin1("handler-2").number()).isNotEqualTo(first.number());
        byte[] wide = "h\u7ebf".getBytes(StandardCharsets.UTF_16LE);
        assertThat(names.of(wide, wide.length, true).name()).isEqualTo("h\u7ebf");
        assertThat(names.of(wide, wide.length, false).name()).isNotEqualTo("h\u7ebf");
        assertThat(full).hasValue(0);
    }

    @Test
    void tenThousandNamesBecomeOnePatternBeyondTheBound() {
        Set<String> seen = new HashSet<>();
        for (int i = 0; i < 10_000; i++) {
            seen.add(latin1("handler-" + i).name());
        }
        assertThat(seen).hasSize(VirtualThreadNames.MAX_NAMES + 1).contains("handler-0", "handler-#");
        assertThat(full).hasValue(10_000 - VirtualThreadNames.MAX_NAMES);
        // Those that were kept stay what they are.
        assertThat(latin1("handler-5").name()).isEqualTo("handler-5");
    }

    @Test
    void namesWithoutPatternEndInNone() {
        VirtualThreadNames.Named last = null;
        for (int i = 0; i < VirtualThreadNames.MAX_NAMES + VirtualThreadNames.MAX_PATTERNS + 1; i++) {
            last = latin1("a".repeat(1 + i % 60) + (char) ('a' + i / 60));
        }
        assertThat(last).isNull();
    }

    @Test
    void aPatternHasOneSignForEachNumber() {
        assertThat(VirtualThreadNames.pattern("pool-12-thread-345x")).isEqualTo("pool-#-thread-#x");
        assertThat(VirtualThreadNames.pattern("7")).isEqualTo("#");
        assertThat(VirtualThreadNames.pattern("plain")).isEqualTo("plain");
    }

    private VirtualThreadNames.Named latin1(String name) {
        byte[] text = name.getBytes(StandardCharsets.ISO_8859_1);
        return names.of(text, text.length, false);
    }
}
