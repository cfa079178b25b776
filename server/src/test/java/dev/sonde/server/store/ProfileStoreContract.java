package dev.sonde.server.store;

import static dev.sonde.server.store.TestProfiles.DAY;
import static dev.sonde.server.store.TestProfiles.HOUR;
import static dev.sonde.server.store.TestProfiles.SECOND;
import static dev.sonde.server.store.TestProfiles.cpu;
import static dev.sonde.server.store.TestProfiles.query;
import static org.assertj.core.api.Assertions.assertThat;

import dev.sonde.model.TimeRange;
import dev.sonde.model.ValueType;
import dev.sonde.server.store.ProfileStore.AppendResult;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** What every store does. Each implementation extends this. */
abstract class ProfileStoreContract {

    private static final TimeRange ALWAYS = new TimeRange(0, Long.MAX_VALUE);

    private ProfileStore store;

    /** A new, empty store. */
    abstract ProfileStore open() throws Exception;

    @BeforeEach
    void openStore() throws Exception {
        store = open();
    }

    @AfterEach
    void closeStore() {
        store.close();
    }

    @Test
    void anEmptyStoreAnswersWithNothing() throws Exception {
        assertThat(store.types(ALWAYS)).isEmpty();
        assertThat(store.labels(query("cpu"))).isEmpty();
        assertThat(store.merge(query("cpu")).size()).isZero();
        assertThat(store.mergeAllValues(query("cpu")).total()).isZero();
        assertThat(store.series(query("cpu"), Duration.ofSeconds(10), List.of()))
                .isEmpty();
        assertThat(store.extent()).isEmpty();
        assertThat(store.append(List.of())).isEqualTo(new AppendResult(0, 0));
    }

    @Test
    void equalStacksAddUp() throws Exception {
        store.append(List.of(
                cpu().sample("main;work", 3).sample("main;rest", 1).at(DAY, "cpu", "service", "a"),
                cpu().sample("main;work", 4).sample("main", 2).at(DAY + 10 * SECOND, "cpu", "service", "b")));
        StackTree tree = store.merge(query("cpu.samples"));
        assertThat(leaves(tree)).isEqualTo(Map.of("main;work", 7L, "main;rest", 1L, "main", 2L));
        assertThat(tree.total()).isEqualTo(10);
        assertThat(tree.valueType()).isEqualTo(new ValueType("samples", "count"));
        assertThat(tree.size()).isEqualTo(3);
    }

    @Test
    void theDefaultValueIsMeantWhenNoneIsNamed() throws Exception {
        store.append(List.of(cpu().sample("main", 3).at(DAY, "cpu")));
        assertThat(store.merge(query("cpu")).valueType()).isEqualTo(new ValueType("cpu", "nanoseconds"));
        assertThat(store.merge(query("cpu")).total()).isEqualTo(30_000_000);
        assertThat(store.merge(query("cpu.unheard")).size()).isZero();
    }

    @Test
    void allValuesComeTogether() throws Exception {
        store.append(List.of(cpu().sample("main;a", 3).sample("main", 1).at(DAY, "cpu")));
        StackTree tree = store.mergeAllValues(query("cpu.samples"));
        assertThat(tree.values()).extracting(StackTree.ValueColumn::type).isEqualTo(TestProfiles.CPU);
        assertThat(tree.values()).extracting(StackTree.ValueColumn::total).containsExactly(4L, 40_000_000L);
        assertThat(tree.selected()).isZero();
    }

    @Test
    void profilesOfOneTypeWithOtherValuesAreToldApart() throws Exception {
        ValueType wall = new ValueType("wall", "nanoseconds");
        store.append(List.of(
                cpu().sample("main", 1).at(DAY, "cpu", "n", "1"),
                cpu().sample("main", 1).at(DAY, "cpu", "n", "2"),
                TestProfiles.of(wall).values("main", new long[] {77}).at(DAY, "cpu", "n", "3")));
        assertThat(store.merge(query("cpu")).total()).isEqualTo(20_000_000);
        assertThat(store.merge(query("cpu.wall")).total()).isEqualTo(77);
        assertThat(store.mergeAllValues(query("cpu")).values())
                .extracting(column -> column.type().type())
                .containsExactly("samples", "cpu", "wall");
        assertThat(store.types(ALWAYS))
                .containsExactly(
                        new TypeSummary("cpu", List.of(TestProfiles.CPU.get(0), TestProfiles.CPU.get(1), wall), "cpu"));
    }

    @Test
    void matchersLookAtTheSampleThenAtTheSeries() throws Exception {
        store.append(List.of(cpu().sample("a", 1, "thread", "x")
                .sample("b", 2, "thread", "y", "service", "own")
                .sample("c", 4)
                .at(DAY, "cpu", "service", "api", "thread", "shared")));
        assertThat(count("cpu.samples{thread=\"x\"}")).isEqualTo(1);
        assertThat(count("cpu.samples{thread=\"shared\"}")).isEqualTo(4);
        assertThat(count("cpu.samples{service=\"api\"}")).isEqualTo(5);
        assertThat(count("cpu.samples{service=\"own\",thread=~\"x|y\"}")).isEqualTo(2);
        assertThat(count("cpu.samples{thread!=\"x\"}")).isEqualTo(6);
        assertThat(count("cpu.samples{thread!~\"[xy]\"}")).isEqualTo(4);
        assertThat(count("cpu.samples{absent=\"\"}")).isEqualTo(7);
        assertThat(count("cpu.samples{absent!=\"\"}")).isZero();
        assertThat(count("other.samples")).isZero();
    }

    @Test
    void labelsAreThoseOfSelectedSamples() throws Exception {
        store.append(List.of(
                cpu().sample("a", 1, "thread", "x").sample("b", 1).at(DAY, "cpu", "service", "api", "host", "h"),
                cpu().sample("a", 1, "thread", "z").at(DAY, "cpu", "service", "db"),
                cpu().sample("a", 1, "thread", "w").at(DAY, "wall", "service", "other")));
        assertThat(store.labels(query("cpu")))
                .isEqualTo(Map.of("service", List.of("api", "db"), "host", List.of("h"), "thread", List.of("x", "z")));
        assertThat(store.labels(query("cpu{thread=\"z\"}")))
                .isEqualTo(Map.of("service", List.of("db"), "thread", List.of("z")));
    }

    @Test
    void aProfileCountsWhereItsStartLies() throws Exception {
        store.append(List.of(
                cpu().sample("a", 1).at(DAY, "cpu"), cpu().sample("a", 2).at(DAY + 10 * SECOND, "cpu")));
        assertThat(store.merge(query("cpu.samples", DAY, DAY + 10 * SECOND)).total())
                .isEqualTo(1);
        assertThat(store.merge(query("cpu.samples", DAY + 1, DAY + 10 * SECOND + 1))
                        .total())
                .isEqualTo(2);
        assertThat(store.extent()).contains(new TimeRange(DAY, DAY + 20 * SECOND));
    }

    @Test
    void daysAreMergedByWhatLocationsAre() throws Exception {
        store.append(List.of(
                cpu().sample("z", 9).sample("main;work", 1).at(DAY - SECOND, "cpu", "n", "1"),
                cpu().sample("main;work", 2).sample("main;new", 4).at(DAY, "cpu", "n", "2"),
                cpu().sample("main;0x77", 8).sample("main;work", 16).at(DAY + 24 * HOUR, "cpu", "n", "3")));
        StackTree tree = store.merge(query("cpu.samples"));
        assertThat(leaves(tree)).isEqualTo(Map.of("z", 9L, "main;work", 19L, "main;new", 4L, "main;0x77", 8L));
        assertThat(tree.total()).isEqualTo(40);
        assertThat(tree.size()).isEqualTo(5);
    }

    @Test
    void aRetryIsLeftOut() throws Exception {
        NewProfile profile = cpu().sample("a", 5).at(DAY + 24 * HOUR - SECOND, "cpu");
        assertThat(store.append(List.of(profile, profile))).isEqualTo(new AppendResult(1, 1));
        assertThat(store.append(List.of(profile))).isEqualTo(new AppendResult(0, 1));
        // The server stamps a profile that has no time, so that the retry of one may lie in the next day.
        NewProfile later = new NewProfile(
                profile.id(),
                profile.type(),
                profile.series(),
                cpu().sample("a", 5).build(DAY + 24 * HOUR + SECOND));
        assertThat(store.append(List.of(later))).isEqualTo(new AppendResult(0, 1));
        assertThat(count("cpu.samples")).isEqualTo(5);
        assertThat(store.statistics().profilesStored()).isEqualTo(1);
        assertThat(store.statistics().profilesKnown()).isEqualTo(3);
    }

    @Test
    void seriesAddUpByStepAndLabels() throws Exception {
        store.append(List.of(
                cpu().sample("a", 1, "role", "gc").sample("b", 2).at(DAY, "cpu", "service", "api", "host", "1"),
                cpu().sample("a", 4).at(DAY + 10 * SECOND, "cpu", "service", "api", "host", "2"),
                cpu().sample("a", 8).at(DAY + 60 * SECOND, "cpu", "service", "db", "host", "1")));
        Duration minute = Duration.ofMinutes(1);
        assertThat(Canonical.of(store.series(query("cpu.samples"), minute, List.of())))
                .containsExactly("{} count " + DAY + "=7 " + (DAY + 60 * SECOND) + "=8");
        assertThat(Canonical.of(store.series(query("cpu.samples"), minute, List.of("service"))))
                .containsExactly(
                        "{service=\"api\"} count " + DAY + "=7",
                        "{service=\"db\"} count " + (DAY + 60 * SECOND) + "=8");
        assertThat(Canonical.of(store.series(query("cpu.samples{service=\"api\"}"), minute, List.of("role"))))
                .containsExactly("{role=\"gc\"} count " + DAY + "=1", "{} count " + DAY + "=6");
    }

    @Test
    void sumsStayAtTheEndOfTheirRange() throws Exception {
        ValueType type = new ValueType("x", "count");
        store.append(List.of(
                TestProfiles.of(type)
                        .values("a;b", new long[] {Long.MAX_VALUE - 1})
                        .values("a;c", new long[] {5})
                        .at(DAY, "x", "n", "1"),
                TestProfiles.of(type).values("a;b", new long[] {7}).at(DAY, "x", "n", "2"),
                TestProfiles.of(type).values("a;b", new long[] {7}).at(DAY + 24 * HOUR, "x", "n", "2")));
        StackTree tree = store.merge(query("x"));
        assertThat(tree.total()).isEqualTo(Long.MAX_VALUE);
        assertThat(leaves(tree)).isEqualTo(Map.of("a;b", Long.MAX_VALUE, "a;c", 5L));
        assertThat(Canonical.of(store.series(query("x"), Duration.ofDays(7), List.of())))
                .singleElement()
                .asString()
                .endsWith("=" + Long.MAX_VALUE);
    }

    @Test
    void samplesWithoutFramesAndDeepStacksCount() throws Exception {
        String deep = String.join(
                ";", IntStream.range(0, 3000).mapToObj(i -> "f" + i % 7).toList());
        store.append(List.of(cpu().sample("", 3).sample(deep, 4).at(DAY, "cpu")));
        StackTree tree = store.merge(query("cpu.samples"));
        assertThat(tree.total()).isEqualTo(7);
        assertThat(tree.size()).isEqualTo(3001);
        assertThat(java.util.Arrays.stream(tree.self()).sum()).isEqualTo(7);
    }

    @Test
    void aProfileWithoutSamplesIsKnownButNotSeen() throws Exception {
        NewProfile empty = cpu().at(DAY, "cpu", "service", "a");
        assertThat(store.append(List.of(empty))).isEqualTo(new AppendResult(1, 0));
        assertThat(store.append(List.of(empty))).isEqualTo(new AppendResult(0, 1));
        assertThat(store.types(ALWAYS)).isEmpty();
        assertThat(store.labels(query("cpu"))).isEmpty();
        assertThat(store.extent()).isEmpty();
    }

    @Test
    void dropBeforeDropsWholeDays() throws Exception {
        store.append(List.of(
                cpu().sample("a", 1).at(DAY - SECOND, "cpu"),
                cpu().sample("a", 2).at(DAY, "cpu"),
                cpu().sample("a", 4).at(DAY + 24 * HOUR, "cpu")));
        store.dropBefore(Instant.ofEpochSecond(0, DAY + HOUR));
        assertThat(count("cpu.samples")).isEqualTo(6);
        store.dropBefore(Instant.ofEpochSecond(0, DAY + 24 * HOUR));
        assertThat(count("cpu.samples")).isEqualTo(4);
        store.append(List.of(cpu().sample("a", 8).at(DAY, "cpu", "again", "yes")));
        assertThat(count("cpu.samples")).isEqualTo(12);
    }

    @Test
    void strangeTextsComeBackAsTheyWere() throws Exception {
        String strange = "it's \"quoted\"\\ \n\t\u0000 \u00e4\ud83d\ude00 ; DROP TABLE profile; --";
        store.append(List.of(TestProfiles.of(new ValueType("'", "\""))
                .values("m", new long[] {1}, strange, strange)
                .at(DAY, "t", "label", strange)));
        StackTree tree = store.merge(query("t"));
        assertThat(tree.valueType()).isEqualTo(new ValueType("'", "\""));
        assertThat(store.labels(query("t"))).isEqualTo(Map.of("label", List.of(strange), strange, List.of(strange)));
    }

    @Test
    void manyAppendersLoseNothing() throws Exception {
        long threads = 8;
        int each = 25;
        try (ExecutorService executor = Executors.newFixedThreadPool((int) threads)) {
            List<Callable<AppendResult>> tasks = IntStream.range(0, (int) threads * each)
                    .<Callable<AppendResult>>mapToObj(i -> () -> store.append(List.of(cpu().sample("main;f" + i % 13, 1)
                            .at(DAY + i * SECOND, "cpu", "n", Integer.toString(i % 5)))))
                    .toList();
            for (Future<AppendResult> result : executor.invokeAll(tasks)) {
                assertThat(result.get()).isEqualTo(new AppendResult(1, 0));
            }
        }
        assertThat(count("cpu.samples")).isEqualTo(threads * each);
    }

    private long count(String selector) throws StoreException {
        StackTree tree = store.merge(query(selector));
        assertThat(java.util.Arrays.stream(tree.self()).sum()).isEqualTo(tree.total());
        return tree.total();
    }

    /** What ended in each path of names; {@code a+b} where b is inlined into a. */
    private static Map<String, Long> leaves(StackTree tree) {
        Map<String, Long> leaves = new TreeMap<>();
        String[] paths = new String[tree.size()];
        for (int i = 0; i < paths.length; i++) {
            StoredLocation location = tree.locations().get(tree.location()[i]);
            String own = location.lines().isEmpty()
                    ? "0x" + Long.toHexString(location.address())
                    : location.lines().getFirst().name();
            paths[i] = tree.parent()[i] < 0 ? own : paths[tree.parent()[i]] + ";" + own;
            if (tree.self()[i] > 0) {
                leaves.merge(paths[i], tree.self()[i], Long::sum);
            }
        }
        return leaves;
    }
}
