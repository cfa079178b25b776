package dev.sonde.server.query.pprof;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.sonde.model.TimeRange;
import dev.sonde.pprof.Profile;
import dev.sonde.server.query.AnswerTooLargeException;
import dev.sonde.server.query.StackTrees;
import dev.sonde.server.store.Asking;
import dev.sonde.server.store.Cancellation;
import dev.sonde.server.store.StackTree;
import dev.sonde.server.store.StoredLocation;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;
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
        return StackTrees.of(
                parent, new int[nodes], selves, List.of(new StoredLocation("/bin/a", "", 0, 0, 0, 16, List.of())));
    }

    @Test
    void aSmallTreeOfFarTooManyLocationsIsRefusedBeforeItIsBuilt() {
        assertThatThrownBy(() -> export.profile(chain(6_000, 1), RANGE))
                .isInstanceOf(AnswerTooLargeException.class)
                .hasMessageContaining("pprof: 18003000 locations")
                .hasMessageContaining("expected: at most " + PprofExport.MAX_SAMPLE_LOCATIONS);
    }

    @Test
    void nodesInWhichNothingEndedDoNotCount() throws Exception {
        assertThat(export.profile(chain(6_000, 0), RANGE)).isNotNull();
    }

    /** Stacks from the outermost file, each with its value. */
    private static StackTree stacks(List<List<String>> stacks, long... values) {
        List<StoredLocation> locations = new ArrayList<>();
        List<Integer> parents = new ArrayList<>();
        List<Long> selves = new ArrayList<>();
        for (int i = 0; i < values.length; i++) {
            int parent = -1;
            for (String file : stacks.get(i)) {
                parents.add(parent);
                parent = locations.size();
                selves.add(0L);
                locations.add(new StoredLocation(file, "", 0, 0, 0, parent, List.of()));
            }
            selves.set(parent, values[i]);
        }
        int[] location = new int[locations.size()];
        Arrays.setAll(location, node -> node);
        return StackTrees.of(
                parents.stream().mapToInt(Integer::intValue).toArray(),
                location,
                selves.stream().mapToLong(Long::longValue).toArray(),
                locations);
    }

    @Test
    void theFirstMappingIsTheProgramThatMostIsOf() throws Exception {
        Profile profile = export.profile(
                stacks(
                        List.of(
                                List.of("[kernel]"),
                                List.of("/usr/lib/libc.so.6", "/bin/small", "/usr/lib/libz.so", "[kernel]"),
                                List.of("/usr/lib/libc.so.6", "/opt/large", "/usr/lib/libc.so.6"),
                                List.of("/opt/large")),
                        900,
                        50,
                        40,
                        20),
                RANGE);
        assertThat(profile.mappings().file()[0]).isEqualTo("/opt/large");
        assertThat(profile.mappings().file())
                .containsExactlyInAnyOrder(
                        "/opt/large", "[kernel]", "/usr/lib/libc.so.6", "/bin/small", "/usr/lib/libz.so");
    }

    @Test
    void profilesOfNoProgramKeepTheirMappingsOrder() throws Exception {
        Profile profile = export.profile(stacks(List.of(List.of("[kernel]", "/lib/libc.so.6")), 1), RANGE);
        assertThat(profile.mappings().file()).containsExactly("[kernel]", "/lib/libc.so.6");
    }

    @Test
    void anExportThatNobodyWaitsForEnds() {
        Cancellation cancellation = new Cancellation();
        AtomicInteger named = new AtomicInteger();
        PprofExport cancelled = new PprofExport(location -> {
            named.incrementAndGet();
            cancellation.cancel();
            return location;
        });
        StackTree tree = StackTrees.roots(3 * Cancellation.Steps.PER_CHECK);
        Asking.assertCancelled(Asking.asking(cancellation, () -> cancelled.profile(tree, RANGE)));
        assertThat(named.get()).isBetween(1, Cancellation.Steps.PER_CHECK);
    }
}
