package dev.sonde.server.store;

import static dev.sonde.server.store.TestProfiles.DAY;
import static dev.sonde.server.store.TestProfiles.HOUR;
import static dev.sonde.server.store.TestProfiles.SECOND;
import static org.assertj.core.api.Assertions.assertThat;

import dev.sonde.model.TimeRange;
import dev.sonde.model.ValueType;
import dev.sonde.server.store.duckdb.DuckDbProfileStore;
import dev.sonde.server.store.duckdb.StoreSettings;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.stream.Stream;
import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.Combinators;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.Provide;

/** Whatever is done to it, the store says the same as the referee. */
class RandomOperationsTest {

    private static final List<String> STACKS =
            List.of("", "main", "main;a", "main;a;b", "main;b", "other;a+b;c", "main;0x12", "main;a;a;a");
    private static final List<String> SELECTORS = List.of(
            "cpu",
            "cpu.samples",
            "heap",
            "cpu{service=\"s1\"}",
            "cpu.samples{thread=\"t1\"}",
            "cpu{thread!=\"t1\",service=~\"s.\"}",
            "cpu{thread=\"\"}",
            "heap.space{thread!~\"t[12]\"}");
    private static final List<ValueType> HEAP =
            List.of(new ValueType("objects", "count"), new ValueType("space", "bytes"));

    /** One thing that is done. */
    sealed interface Operation {
        /** Profiles are appended. */
        record Append(List<NewProfile> profiles) implements Operation {}

        /** An earlier append is sent again. */
        record Retry(int which) implements Operation {}

        /** Days are dropped. */
        record Drop(long nanos) implements Operation {}

        /** The store is closed and opened again. */
        record Reopen() implements Operation {}
    }

    private record Sample(int stack, int value, int thread) {}

    @Provide
    Arbitrary<List<Operation>> operations() {
        return Arbitraries.frequencyOf(
                        net.jqwik.api.Tuple.of(
                                8, profile().list().ofMinSize(1).ofMaxSize(4).map(Operation.Append::new)),
                        net.jqwik.api.Tuple.of(
                                2, Arbitraries.integers().between(0, 9).map(Operation.Retry::new)),
                        net.jqwik.api.Tuple.of(
                                1,
                                Arbitraries.longs()
                                        .between(-30, 80)
                                        .map(hour -> new Operation.Drop(DAY + hour * HOUR))),
                        net.jqwik.api.Tuple.of(2, Arbitraries.just(new Operation.Reopen())))
                .list()
                .ofMinSize(2)
                .ofMaxSize(12)
                .map(List::copyOf);
    }

    private static Arbitrary<NewProfile> profile() {
        Arbitrary<Sample> sample = Combinators.combine(
                        Arbitraries.integers().between(0, STACKS.size() - 1),
                        Arbitraries.integers().between(0, 5),
                        Arbitraries.integers().between(0, 3))
                .as(Sample::new);
        return Combinators.combine(
                        sample.list().ofMaxSize(6),
                        Arbitraries.longs().between(-40, 40),
                        Arbitraries.integers().between(0, 2),
                        Arbitraries.of("cpu", "heap"))
                .as(RandomOperationsTest::profile);
    }

    private static NewProfile profile(List<Sample> samples, long halfHour, int service, String type) {
        TestProfiles profile =
                type.equals("cpu") ? TestProfiles.cpu() : TestProfiles.of(HEAP.toArray(ValueType[]::new));
        for (Sample sample : samples) {
            String[] labels = sample.thread == 0 ? new String[0] : new String[] {"thread", "t" + sample.thread};
            profile.values(STACKS.get(sample.stack), new long[] {sample.value, sample.value * 7L}, labels);
        }
        return profile.at(DAY + halfHour * HOUR / 2 + samples.size() * SECOND, type, "service", "s" + service);
    }

    @Property(tries = 12)
    void theStoreSaysWhatTheRefereeSays(@ForAll("operations") List<Operation> operations) throws Exception {
        Path folder = Files.createTempDirectory("sonde-store");
        MemoryProfileStore referee = new MemoryProfileStore();
        ProfileStore store = open(folder);
        try {
            List<Operation.Append> appended = new ArrayList<>();
            for (Operation operation : operations) {
                switch (operation) {
                    case Operation.Append append -> {
                        appended.add(append);
                        assertThat(store.append(append.profiles())).isEqualTo(referee.append(append.profiles()));
                    }
                    case Operation.Retry retry
                    when !appended.isEmpty() -> {
                        List<NewProfile> again =
                                appended.get(retry.which % appended.size()).profiles();
                        assertThat(store.append(again)).isEqualTo(referee.append(again));
                    }
                    case Operation.Retry _ -> assertThat(appended).isEmpty();
                    case Operation.Drop drop -> {
                        store.dropBefore(Instant.ofEpochSecond(0, drop.nanos));
                        referee.dropBefore(Instant.ofEpochSecond(0, drop.nanos));
                    }
                    case Operation.Reopen _ -> {
                        store.close();
                        store = open(folder);
                    }
                }
            }
            compare(store, referee);
        } finally {
            store.close();
            delete(folder);
        }
    }

    private static void compare(ProfileStore store, ProfileStore referee) throws StoreException {
        assertThat(store.extent()).isEqualTo(referee.extent());
        for (TimeRange range : List.of(new TimeRange(0, Long.MAX_VALUE), new TimeRange(DAY - HOUR, DAY + 3 * HOUR))) {
            assertThat(store.types(range)).isEqualTo(referee.types(range));
            for (String selector : SELECTORS) {
                StoreQuery query = TestProfiles.query(selector, range.fromNanos(), range.toNanos());
                assertThat(store.labels(query)).as(selector).isEqualTo(referee.labels(query));
                assertThat(Canonical.of(store.merge(query))).as(selector).isEqualTo(Canonical.of(referee.merge(query)));
                assertThat(Canonical.of(store.mergeAllValues(query)))
                        .as(selector)
                        .isEqualTo(Canonical.of(referee.mergeAllValues(query)));
                for (List<String> by : List.of(List.of("service"), List.of("thread", "absent"))) {
                    Duration step = Duration.ofHours(1);
                    assertThat(Canonical.of(store.series(query, step, by)))
                            .as(selector + " by " + by)
                            .isEqualTo(Canonical.of(referee.series(query, step, by)));
                }
            }
        }
    }

    private static ProfileStore open(Path folder) throws StoreException {
        return DuckDbProfileStore.open(folder, StoreSettings.defaults());
    }

    private static void delete(Path folder) throws IOException {
        try (Stream<Path> files = Files.walk(folder)) {
            files.sorted(Comparator.reverseOrder()).forEach(file -> {
                try {
                    Files.delete(file);
                } catch (IOException e) {
                    throw new UncheckedIOException(e);
                }
            });
        }
    }
}
