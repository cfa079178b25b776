package dev.sonde.server.web;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.sonde.model.TimeRange;
import dev.sonde.model.ValueType;
import dev.sonde.server.store.StackTree;
import dev.sonde.server.store.StackTree.Period;
import dev.sonde.server.store.StackTree.ValueColumn;
import dev.sonde.server.store.StoredLocation;
import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.Test;

class PprofExportTest {

    private static final TimeRange RANGE = new TimeRange(0, 1);

    private final PprofExport export = new PprofExport(location -> location);

    /** A chain of calls, in each of which something ended: n nodes stand for n (n + 1) / 2 locations. */
    private static StackTree chain(int nodes, long self) {
        int[] parent = new int[nodes];
        long[] selves = new long[nodes];
        Arrays.setAll(parent, node -> node - 1);
        Arrays.fill(selves, self);
        selves[nodes - 1] = 1;
        return new StackTree(
                List.of(new ValueColumn(new ValueType("samples", "count"), nodes, selves)),
                0,
                Period.UNKNOWN,
                parent,
                new int[nodes],
                List.of(new StoredLocation("/bin/a", "", 0, 0, 0, 16, List.of())));
    }

    @Test
    void aSmallTreeOfFarTooManyLocationsIsRefusedBeforeItIsBuilt() {
        assertThatThrownBy(() -> export.profile(chain(6_000, 1), RANGE))
                .isInstanceOf(AnswerBuffer.TooLargeException.class)
                .hasMessageContaining("pprof: 18003000 locations")
                .hasMessageContaining("expected: at most " + PprofExport.MAX_SAMPLE_LOCATIONS);
    }

    @Test
    void nodesInWhichNothingEndedDoNotCount() throws Exception {
        assertThat(export.profile(chain(6_000, 0), RANGE)).isNotNull();
    }
}
