package dev.sonde.agent.kernel;

import static java.lang.foreign.ValueLayout.JAVA_INT;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.sonde.agent.kernel.code.FileId;
import dev.sonde.agent.kernel.code.MappedCode;
import dev.sonde.agent.kernel.code.UnwindTableImage;
import dev.sonde.agent.kernel.ffi.LibBpf;
import dev.sonde.agent.kernel.ffi.Libc;
import java.lang.foreign.MemorySegment;
import java.lang.reflect.InvocationHandler;
import java.lang.reflect.Proxy;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

/** What is left when the kernel refuses, or is not asked any more; the kernel itself holds tables in SamplerIT. */
class UnwindMapsTest {
    private static final int TABLES = 100;
    private static final int FILES = 101;
    private static final int NEW_TABLE = 102;
    private static final int ASKED = 103;
    private static final FileId FILE = new FileId(1, 2, 3, 4, 5);
    private static final UnwindTableImage IMAGE = new UnwindTableImage((number, into) -> {}, 1, 0, 0, 1, 10, List.of());

    private final List<String> calls = new ArrayList<>();
    private int filesAnswer;
    private int deleteAnswer;

    private static <T> T of(Class<T> type, InvocationHandler handler) {
        return type.cast(Proxy.newProxyInstance(type.getClassLoader(), new Class<?>[] {type}, handler));
    }

    private UnwindMaps maps() {
        LibBpf bpf = of(LibBpf.class, (_, method, arguments) -> switch (method.getName()) {
            case "createMap" -> NEW_TABLE;
            case "update" -> {
                calls.add("update " + arguments[0] + key(arguments));
                yield (int) arguments[0] == FILES ? filesAnswer : 0;
            }
            case "delete" -> {
                calls.add("delete " + arguments[0] + key(arguments));
                yield (int) arguments[0] == TABLES ? deleteAnswer : 0;
            }
            case "lookup" -> {
                calls.add("lookup " + arguments[0]);
                yield 0;
            }
            default -> throw new AssertionError(method);
        });
        Libc libc = of(Libc.class, (_, method, arguments) -> switch (method.getName()) {
            case "close" -> {
                calls.add("close " + arguments[0]);
                yield 0;
            }
            case "strerror" -> "errno " + arguments[0];
            default -> throw new AssertionError(method);
        });
        return new UnwindMaps(bpf, libc, TABLES, FILES, ASKED);
    }

    private static String key(Object[] arguments) {
        return (int) arguments[0] == TABLES ? " [" + ((MemorySegment) arguments[1]).get(JAVA_INT, 0) + "]" : "";
    }

    @Test
    void aFileThatIsRefusedLeavesNoTableBehind() {
        filesAnswer = -7;
        assertThatThrownBy(() -> maps().put(FILE, 9, IMAGE)).hasMessage("unwind tables: placing a file: errno 7");
        assertThat(calls).containsExactly("update 102", "update 100 [9]", "update 101", "delete 100 [9]", "close 102");
    }

    @Test
    void removingWaitsForWhatRuns() {
        maps().remove(FILE, 9);
        assertThat(calls)
                .as("a slot that was deleted has waited")
                .containsExactly("delete 101", "delete 103", "delete 100 [9]");
        calls.clear();
        maps().remove(FILE, -1);
        assertThat(calls).containsExactly("delete 101", "delete 103", "update 100 [1024]", "close 102");
        calls.clear();
        deleteAnswer = -2;
        maps().remove(FILE, 9);
        assertThat(calls)
                .containsExactly("delete 101", "delete 103", "delete 100 [9]", "update 100 [1024]", "close 102");
    }

    @Test
    void afterTheEndNoFileOfTheKernelsIsTouched() {
        UnwindMaps maps = maps();
        maps.close();
        assertThatThrownBy(() -> maps.put(FILE, 9, IMAGE)).hasMessage("unwind tables: placing a table: errno 9");
        assertThatThrownBy(() -> maps.putWithoutTable(FILE)).isInstanceOf(SamplerException.class);
        maps.remove(FILE, 9);
        assertThat(maps.usedNanos(FILE)).isZero();
        assertThat(calls).as("but for the table that was under way").containsOnly("update 102", "close 102");
    }

    @Test
    void aTableCanBeReadUntilItIsRemoved() throws Exception {
        UnwindMaps maps = maps();
        maps.put(FILE, 9, IMAGE);
        assertThat(calls).as("its map stays open").doesNotContain("close 102");
        calls.clear();
        UnwindTableImage table = maps.table(9).orElseThrow();
        table.blocks().read(0, new byte[UnwindTableImage.BLOCK_BYTES]);
        assertThat(calls).containsExactly("lookup 102");
        maps.remove(FILE, 9);
        assertThat(calls).contains("close 102");
        assertThat(maps.table(9)).isEmpty();
        assertThatThrownBy(() -> table.blocks().read(0, new byte[UnwindTableImage.BLOCK_BYTES]))
                .hasMessageContaining("slot 9: gone");
    }

    @Test
    void theEndClosesTheTables() throws Exception {
        UnwindMaps maps = maps();
        maps.put(FILE, 9, IMAGE);
        calls.clear();
        maps.close();
        assertThat(calls).containsExactly("close 102");
    }

    @Test
    void aListThatIsInterruptedGoesOn() throws SamplerException {
        long[] answers = {-11, MappedCode.BYTES, -4, -11, 2L * MappedCode.BYTES, 0};
        int[] next = {0};
        Libc libc = of(Libc.class, (_, method, _) -> {
            assertThat(method.getName()).isEqualTo("read");
            return answers[next[0]++];
        });
        List<MappedCode> found = new ArrayList<>();
        CodeRequests.readAll(libc, 0, (memory, at) -> found.add(MappedCode.read(memory, at)));
        assertThat(found).hasSize(3);
    }

    @Test
    void aListThatIsLongEnoughIsReadNoFurther() throws SamplerException {
        int[] reads = {0};
        Libc endless = of(Libc.class, (_, method, _) -> {
            assertThat(method.getName()).isEqualTo("read");
            reads[0]++;
            return 2L * MappedCode.BYTES;
        });
        List<MappedCode> found = new ArrayList<>();
        CodeRequests.readAll(endless, 0, (memory, at) -> {
            found.add(MappedCode.read(memory, at));
            return found.size() < 5;
        });
        assertThat(found).hasSize(5);
        assertThat(reads[0]).isEqualTo(3);
    }
}
