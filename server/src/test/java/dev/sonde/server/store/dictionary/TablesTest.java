package dev.sonde.server.store.dictionary;

import static org.assertj.core.api.Assertions.assertThat;

import dev.sonde.server.store.StoreException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;

/** The hash tables against maps, with truncations in between: what was refused must leave no trace. */
class TablesTest {

    @Property(tries = 50)
    void stacksKeepTheirNodes(@ForAll long seed) throws StoreException {
        Random random = new Random(seed);
        StackTable table = new StackTable(Integer.MAX_VALUE);
        Map<List<Integer>, Integer> nodes = new HashMap<>();
        for (int round = 0; round < 40; round++) {
            int mark = table.size();
            for (int i = random.nextInt(300); i > 0; i--) {
                int[] stack = random.ints(1 + random.nextInt(12), 0, 6).toArray();
                int leaf = table.intern(stack, 0, stack.length);
                Integer before = nodes.putIfAbsent(Arrays.stream(stack).boxed().toList(), leaf);
                assertThat(before == null ? leaf : before).isEqualTo(leaf);
                assertThat(path(table.view(), leaf))
                        .isEqualTo(Arrays.stream(stack).boxed().toList());
            }
            if (random.nextBoolean()) {
                table.truncate(mark);
                nodes.values().removeIf(node -> node >= mark);
            }
        }
        StackTable.View view = table.view();
        nodes.forEach((stack, leaf) -> assertThat(path(view, leaf)).isEqualTo(stack));
        for (int node = 0; node < view.count(); node++) {
            assertThat(view.parent()[node]).isLessThan(node);
            assertThat(table.child(view.parent()[node], view.location()[node])).isEqualTo(node);
        }
    }

    /** The locations of a node and its parents, the leaf first. */
    private static List<Integer> path(StackTable.View view, int leaf) {
        List<Integer> path = new ArrayList<>();
        for (int node = leaf; node >= 0; node = view.parent()[node]) {
            path.add(view.location()[node]);
        }
        return path;
    }

    private record Line(int function, int number) {}

    private record Location(int mapping, long address, List<Line> lines) {}

    @Property(tries = 50)
    void locationsKeepTheirIds(@ForAll long seed) throws StoreException {
        Random random = new Random(seed);
        LocationTable table = new LocationTable(1 << 20, new DictionaryBytes(Long.MAX_VALUE));
        Map<Location, Integer> ids = new HashMap<>();
        for (int round = 0; round < 40; round++) {
            int mark = table.size();
            for (int i = random.nextInt(300); i > 0; i--) {
                int lines = random.nextInt(4);
                int[] function = random.ints(8, 0, 3).toArray();
                int[] number = random.ints(8, 0, 2).toArray();
                int mapping = random.nextInt(4) - 1;
                long address = random.nextInt(40) * 16L - 64;
                int id = table.intern(mapping, address, function, number, lines);
                Location location = new Location(mapping, address, lines(function, number, 0, lines));
                Integer before = ids.putIfAbsent(location, id);
                assertThat(before == null ? id : before).isEqualTo(id);
            }
            if (random.nextBoolean()) {
                table.truncate(mark);
                ids.values().removeIf(id -> id >= mark);
            }
        }
        LocationTable.View view = table.view();
        assertThat(ids).hasSize(view.count());
        ids.forEach((location, id) -> assertThat(new Location(
                        view.mapping()[id],
                        view.address()[id],
                        lines(view.lineFunction(), view.lineNumber(), view.lineStart()[id], view.lineStart()[id + 1])))
                .isEqualTo(location));
    }

    private static List<Line> lines(int[] function, int[] number, int from, int to) {
        List<Line> lines = new ArrayList<>();
        for (int i = from; i < to; i++) {
            lines.add(new Line(function[i], number[i]));
        }
        return lines;
    }
}
