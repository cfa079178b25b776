package dev.sonde.agent.jvm.names;

import static org.assertj.core.api.Assertions.assertThat;

import dev.sonde.agent.jvm.code.BlobKind;
import dev.sonde.agent.jvm.code.CodeBlob;
import dev.sonde.agent.jvm.code.NmethodHeader;
import dev.sonde.agent.jvm.code.ScopeTable;
import dev.sonde.model.FrameKind;
import org.junit.jupiter.api.Test;

class ScopeCacheTest {

    private static final long BUDGET = 64 << 10;
    private static final long BEGIN = 0x7f00_0000_0000L;
    private static final int CODE_BYTES = 0x100;
    private static final ScopeCache.Scope SCOPE =
            new ScopeCache.Scope(new long[] {1, 2}, new long[] {3, 4}, new int[] {10, 20});

    private final ScopeCache cache = new ScopeCache();

    private static CodeBlob nmethod(long begin, int compileId) {
        NmethodHeader header = new NmethodHeader(1, compileId, 4, -1, 0, begin, 0, 0, 0);
        return new CodeBlob(
                begin - 64, BlobKind.NMETHOD, "nmethod", begin, begin + CODE_BYTES, CODE_BYTES + 64, 4, 8, header);
    }

    private static ScopeTable table(long begin) {
        return new ScopeTable(begin, new int[] {-1, 0x20, 0x40, CODE_BYTES}, new int[] {0, 5, 9, 0});
    }

    private ScopeCache.Code add(long begin, long identity) {
        return cache.add(identity, nmethod(begin, (int) identity), FrameKind.JVM_C2, table(begin));
    }

    @Test
    void aPlaceThatRunsBelongsToTheRecordAtOrBehindIt() {
        cache.limit(BUDGET);
        cache.put(add(BEGIN, 1), 9, SCOPE);
        ScopeCache.Code code = cache.get(BEGIN, 1);
        assertThat(code.scopeOfRunning(BEGIN + 0x21)).isSameAs(SCOPE);
        assertThat(code.scopeOfRunning(BEGIN + 0x40)).isSameAs(SCOPE);
        assertThat(code.scopeOfRunning(BEGIN + 0x20)).as("another's").isNull();
        assertThat(code.scopeOfRunning(BEGIN + 0x41)).as("none's").isNull();
    }

    @Test
    void anotherCompilationOfTheSameWordsIsNotTaken() {
        cache.limit(BUDGET);
        ScopeCache.Code code = add(BEGIN, 1);
        assertThat(cache.get(BEGIN + CODE_BYTES, 1)).isNull();
        assertThat(cache.get(BEGIN - 1, 1)).isNull();
        assertThat(cache.get(BEGIN, 2)).isNull();
        assertThat(code.isOf(nmethod(BEGIN, 1))).isTrue();
        assertThat(code.isOf(nmethod(BEGIN, 1 + (1 << 16)))).isFalse();
        assertThat(code.isOf(nmethod(BEGIN + 64, 1))).isFalse();
    }

    @Test
    void itHoldsItsBudgetAndKeepsWhatIsAskedFor() {
        cache.limit(BUDGET);
        cache.put(add(BEGIN, 0), 9, SCOPE);
        for (int i = 1; i < 1000; i++) {
            cache.put(add(BEGIN + (long) i * CODE_BYTES, i), 9, SCOPE);
            assertThat(cache.get(BEGIN, 0).scopeOfRunning(BEGIN + 0x40)).isSameAs(SCOPE);
            assertThat(cache.memoryBytes()).isBetween(1L, BUDGET);
        }
        assertThat(cache.get(BEGIN + CODE_BYTES, 1)).isNull();
    }

    @Test
    void nothingOfOneIsKeptBeyondItsPart() {
        cache.limit(BUDGET);
        int places = (int) BUDGET / Long.BYTES / 4;
        assertThat(cache.add(
                        1,
                        nmethod(BEGIN, 1),
                        FrameKind.JVM_C2,
                        new ScopeTable(BEGIN, new int[places], new int[places])))
                .isNull();
        assertThat(cache.memoryBytes()).isZero();
        ScopeCache.Code code = add(BEGIN, 1);
        for (int i = 1; i < 10_000; i++) {
            cache.put(code, i, SCOPE);
        }
        assertThat(cache.memoryBytes()).isLessThanOrEqualTo(BUDGET / 4);
    }

    @Test
    void withoutRoomNothingIsKept() {
        cache.limit(BUDGET);
        cache.put(add(BEGIN, 1), 9, SCOPE);
        cache.limit(0);
        assertThat(cache.memoryBytes()).isZero();
        assertThat(add(BEGIN, 1)).isNull();
        assertThat(cache.get(BEGIN, 1)).isNull();
    }
}
