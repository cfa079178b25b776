package dev.sonde.agent.process;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import org.junit.jupiter.api.Test;

class ThreadNamesTest {

    private static String name(ThreadNames names, int tid, String comm) {
        ByteBuffer bytes = ByteBuffer.allocate(16).order(ByteOrder.LITTLE_ENDIAN);
        bytes.put(comm.getBytes(StandardCharsets.UTF_8));
        return names.name(tid, bytes.getLong(0), bytes.getLong(8));
    }

    @Test
    void theSameStringUntilTheThreadIsRenamed() {
        ThreadNames names = new ThreadNames(10);
        String first = name(names, 1, "pool-1-thread-1");
        assertThat(first).isEqualTo("pool-1-thread-1");
        assertThat(name(names, 1, "pool-1-thread-1")).isSameAs(first);
        assertThat(name(names, 1, "G1 Main")).isEqualTo("G1 Main");
        assertThat(name(names, 2, "")).isEmpty();
        assertThat(name(names, 3, "0123456789abcdef")).isEqualTo("0123456789abcdef");
        assertThat(name(names, 4, "a\nb")).isEqualTo("a\ufffdb");
    }

    @Test
    void theLeastRecentlySampledThreadIsForgotten() {
        ThreadNames names = new ThreadNames(2);
        String first = name(names, 1, "a");
        name(names, 2, "b");
        assertThat(name(names, 1, "a")).isSameAs(first);
        name(names, 3, "c");
        assertThat(names.size()).isEqualTo(2);
        assertThat(name(names, 1, "a")).isSameAs(first);
    }
}
