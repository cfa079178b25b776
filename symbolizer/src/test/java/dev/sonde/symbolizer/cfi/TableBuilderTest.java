package dev.sonde.symbolizer.cfi;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.SortedMap;
import java.util.TreeMap;
import org.junit.jupiter.api.Test;

/** Blocks, pages and their index, against a sorted map. */
class TableBuilderTest {

    private static final long BASE = 0x40_0000;

    @Test
    void randomRowsComeBack() throws IOException {
        for (int seed = 0; seed < 60; seed++) {
            Random random = new Random(seed);
            int shift = 10 + random.nextInt(7);
            int pages = 1 + random.nextInt(40);
            check(random, shift, pages, 1 + random.nextInt(1000));
        }
    }

    private static void check(Random random, int shift, int pages, int rows) throws IOException {
        TreeMap<Long, Integer> expected = new TreeMap<>();
        for (int i = 0; i < rows; i++) {
            expected.put(BASE + random.nextLong((long) pages << shift), random.nextInt(5));
        }
        TableBlocks.Heap heap = new TableBlocks.Heap();
        TableBuilder builder = new TableBuilder(BASE, shift, pages, heap);
        for (var row : expected.entrySet()) {
            builder.row(row.getKey(), row.getValue());
        }
        UnwindTable table = new UnwindTable(builder.finish(5), new UnwindRules(), new FrameProblems(), heap);
        assertThat(heap.count()).isEqualTo(table.layout().blocks());
        for (int i = 0; i < 2000; i++) {
            long pc = BASE - 100 + random.nextLong(((long) pages << shift) + 200);
            var floor = expected.floorEntry(pc);
            boolean inside = pc >= BASE && pc < BASE + ((long) pages << shift);
            assertThat(table.ruleNumberAt(pc)).isEqualTo(inside && floor != null ? floor.getValue() : 0);
        }
        assertThat(visited(table)).isEqualTo(merged(expected));
    }

    private static List<String> visited(UnwindTable table) throws IOException {
        List<String> rows = new ArrayList<>();
        table.forEachRow((pc, rule) -> rows.add(pc + " " + rule));
        return rows;
    }

    private static List<String> merged(SortedMap<Long, Integer> all) {
        List<String> rows = new ArrayList<>();
        int last = 0;
        for (var row : all.entrySet()) {
            if (row.getValue() != last) {
                last = row.getValue();
                rows.add(row.getKey() + " " + last);
            }
        }
        return rows;
    }

    @Test
    void aPageHoldsARowAByteAndAnyMoreIsRefused() throws IOException {
        TableBlocks.Heap heap = new TableBlocks.Heap();
        TableBuilder full = new TableBuilder(BASE, 10, 2, heap);
        for (int i = 0; i < 2048; i++) {
            full.row(BASE + i, 1 + i % 2);
        }
        UnwindTable table = new UnwindTable(full.finish(3), new UnwindRules(), new FrameProblems(), heap);
        assertThat(table.ruleNumberAt(BASE + 1023)).isEqualTo(2);
        assertThat(table.ruleNumberAt(BASE + 1024)).isEqualTo(1);

        TableBuilder over = new TableBuilder(BASE, 11, 1, new TableBlocks.Heap());
        assertThatThrownBy(() -> {
                    for (int i = 0; i < 2048; i++) {
                        over.row(BASE + i, 1 + i % 2);
                    }
                })
                .isInstanceOf(TableBuilder.PageOverflowException.class);
    }

    @Test
    void aDenseFunctionMakesThePagesSmaller() throws IOException {
        FrameImage image = new FrameImage();
        int cie = image.usualCie();
        // push, push, push: a row a byte for 5,000 bytes
        int[] program = new int[15_000];
        for (int i = 0; i < 5000; i++) {
            program[3 * i] = 0x41;
            program[3 * i + 1] = 0x0e;
            program[3 * i + 2] = 8 + i % 100;
        }
        image.fde(cie, 0x1000, 0x2000, program);
        UnwindTable table = image.table();
        assertThat(table.layout().pageShift()).isEqualTo(10);
        assertThat(TableText.problems(table)).isEmpty();
        for (int i = 1; i < 5000; i++) {
            assertThat(table.ruleAt(0x1000 + i).cfaOffset()).isEqualTo(8 + (i - 1) % 100);
        }
    }

    @Test
    void aTableInMemoryHasABound() throws IOException {
        TableBlocks.Heap heap = new TableBlocks.Heap();
        byte[] block = new byte[TableLayout.BLOCK_BYTES];
        for (int i = 0; i < TableBlocks.Heap.MAX_BLOCKS; i++) {
            heap.write(block);
        }
        assertThatThrownBy(() -> heap.write(block))
                .hasMessage("blocks of an unwind table: 8193 (expected: at most 8192)");
    }

    @Test
    void rulesAreNumberedOnceAndToABound() {
        UnwindRules rules = new UnwindRules();
        for (int i = 0; i < UnwindRules.MAX_RULES + 10; i++) {
            int number = rules.intern(CfaKind.REGISTER.code(), i);
            assertThat(number).isEqualTo(i + 3 < UnwindRules.MAX_RULES ? i + 3 : -1);
        }
        assertThat(rules.intern(CfaKind.REGISTER.code(), 7)).isEqualTo(10);
        assertThat(rules.get(10)).isEqualTo(new UnwindRule(CfaKind.REGISTER.code(), 7));
        assertThat(rules.get(0)).isEqualTo(UnwindRule.UNCOVERED);
        assertThatThrownBy(() -> rules.get(UnwindRules.MAX_RULES)).hasMessageContaining("expected: 0 to 65535");
    }
}
