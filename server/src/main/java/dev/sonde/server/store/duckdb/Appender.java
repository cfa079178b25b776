package dev.sonde.server.store.duckdb;

import dev.sonde.server.store.NewProfile;
import dev.sonde.server.store.ProfileStore.AppendResult;
import dev.sonde.server.store.StoreException;
import dev.sonde.server.store.dictionary.DayDictionary;
import dev.sonde.server.store.dictionary.EncodedProfile;
import dev.sonde.server.store.dictionary.ProfileEncoder;
import dev.sonde.server.store.duckdb.DayPlaces.Purpose;
import dev.sonde.server.store.duckdb.GroupCommit.Append;
import dev.sonde.server.store.duckdb.day.Day;
import java.sql.SQLException;
import java.time.LocalDate;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.IdentityHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.concurrent.atomic.AtomicLong;

/** Writes groups of appends, one transaction a day. Belongs to the writer thread. */
final class Appender implements GroupCommit.Committer {

    static final long NANOS_PER_DAY = 86_400_000_000_000L;

    /** Days that one transaction group may write to, for each is opened with the day before it. */
    private static final int MAX_GROUP_DAYS = 4;

    private final Days days;
    private final ProfileEncoder encoder = new ProfileEncoder();
    final AtomicLong stored = new AtomicLong();
    final AtomicLong known = new AtomicLong();
    final AtomicLong samples = new AtomicLong();
    final AtomicLong numberLabelsDropped = new AtomicLong();
    final AtomicLong commits = new AtomicLong();

    Appender(Days days) {
        this.days = days;
    }

    /** The first nanosecond of a UTC day. */
    static long startOf(LocalDate date) {
        return Math.multiplyExact(date.toEpochDay(), NANOS_PER_DAY);
    }

    /** The UTC day that an instant lies in. */
    static LocalDate dateOf(long unixNanos) {
        return LocalDate.ofEpochDay(Math.floorDiv(unixNanos, NANOS_PER_DAY));
    }

    @Override
    public void commit(List<Append> group) {
        if (commitTogether(group) || group.size() == 1) {
            return;
        }
        // One of them may be what the database could not take: each on its own, so that the others get through.
        for (Append append : group) {
            if (!append.result().isDone()) {
                commitTogether(List.of(append));
            }
        }
    }

    /** Returns whether every append was completed; a failure completes only the append of a group of one. */
    private boolean commitTogether(List<Append> group) {
        Set<LocalDate> touched = new TreeSet<>();
        for (Append append : group) {
            append.profiles()
                    .forEach(
                            added -> touched.add(dateOf(added.profile().header().timeNanos())));
        }
        if (touched.size() > MAX_GROUP_DAYS) {
            return refuseDays(group, touched.size());
        }
        try (GroupWrite write = new GroupWrite()) {
            for (Append append : group) {
                if (!append.result().isDone()) {
                    write.add(append);
                }
            }
            write.commit();
            return true;
        } catch (SQLException | StoreException | RuntimeException | Error e) {
            // The writer must live on; what is not acknowledged, the client sends again.
            return failed(group, touched, e);
        }
    }

    private static boolean refuseDays(List<Append> group, int dayCount) {
        if (group.size() == 1) {
            group.getFirst()
                    .result()
                    .completeExceptionally(new StoreException(
                            StoreException.Reason.FULL,
                            "append: profiles of " + dayCount + " days (expected: at most " + MAX_GROUP_DAYS + ")"));
        }
        return group.size() == 1;
    }

    private boolean failed(List<Append> group, Set<LocalDate> touched, Throwable cause) {
        // Whether they were written is not known.
        touched.forEach(days.summaries()::forget);
        try {
            days.reopenLater(touched);
        } catch (StoreException e) {
            cause.addSuppressed(e);
        }
        if (group.size() == 1) {
            StoreException failure = cause instanceof StoreException store
                    ? store
                    : new StoreException("append: " + cause.getMessage(), cause);
            group.getFirst().result().completeExceptionally(failure);
        }
        return group.size() == 1;
    }

    /** The rows of one group. */
    private final class GroupWrite implements AutoCloseable {
        private final Map<LocalDate, Days.Use> used = new TreeMap<>();
        private final Map<LocalDate, List<EncodedProfile>> rows = new TreeMap<>();
        private final Set<NewProfile.Id> ids = new HashSet<>();
        private final IdentityHashMap<Append, AppendResult> results = new IdentityHashMap<>();
        private final long droppedBefore = encoder.numberLabelsDropped();

        private Day day(LocalDate date) throws StoreException {
            Days.Use use = used.get(date);
            if (use == null) {
                use = days.write(date);
                used.put(date, use);
            }
            return use.day();
        }

        /** A day, or null when there is none: one that was dropped must not come back empty. */
        private Day existingDay(LocalDate date) throws StoreException {
            Days.Use use = used.get(date);
            if (use == null) {
                use = days.read(date, Purpose.LOOK);
                if (use == null) {
                    return null;
                }
                used.put(date, use);
            }
            return use.day();
        }

        /** Adds an append, or completes it with what is wrong with it and leaves no trace of it. */
        void add(Append append) throws SQLException, StoreException {
            Map<LocalDate, List<NewProfile>> byDay = new TreeMap<>();
            for (NewProfile profile : append.profiles()) {
                byDay.computeIfAbsent(dateOf(profile.profile().header().timeNanos()), date -> new ArrayList<>())
                        .add(profile);
            }
            Set<NewProfile.Id> before = knownOf(byDay);
            Map<LocalDate, DayDictionary.Mark> marks = new HashMap<>();
            for (LocalDate date : byDay.keySet()) {
                marks.put(date, day(date).dictionary().mark());
            }
            Map<LocalDate, List<EncodedProfile>> added = new TreeMap<>();
            Set<NewProfile.Id> addedIds = new HashSet<>();
            try {
                for (Map.Entry<LocalDate, List<NewProfile>> entry : byDay.entrySet()) {
                    added.put(entry.getKey(), encode(entry.getKey(), entry.getValue(), before, addedIds));
                }
            } catch (StoreException e) {
                marks.forEach((date, mark) -> used.get(date).day().dictionary().truncate(mark));
                append.result().completeExceptionally(e);
                return;
            }
            ids.addAll(addedIds);
            added.forEach((date, list) ->
                    rows.computeIfAbsent(date, key -> new ArrayList<>()).addAll(list));
            int kept = addedIds.size();
            results.put(append, new AppendResult(kept, append.profiles().size() - kept));
        }

        /** The append's profiles that are on disk, those of the day before included: a retry may get a later time. */
        private Set<NewProfile.Id> knownOf(Map<LocalDate, List<NewProfile>> byDay) throws SQLException, StoreException {
            Set<NewProfile.Id> found = new HashSet<>();
            for (Map.Entry<LocalDate, List<NewProfile>> entry : byDay.entrySet()) {
                List<NewProfile.Id> asked =
                        entry.getValue().stream().map(NewProfile::id).toList();
                LocalDate date = entry.getKey();
                found.addAll(day(date).known(asked));
                Day yesterday = existingDay(date.minusDays(1));
                if (yesterday != null) {
                    found.addAll(yesterday.known(asked));
                }
            }
            return found;
        }

        private List<EncodedProfile> encode(
                LocalDate date, List<NewProfile> profiles, Set<NewProfile.Id> before, Set<NewProfile.Id> addedIds)
                throws StoreException {
            Day day = day(date);
            List<EncodedProfile> encoded = new ArrayList<>();
            for (NewProfile profile : profiles) {
                if (!before.contains(profile.id()) && !ids.contains(profile.id()) && addedIds.add(profile.id())) {
                    encoded.add(encoder.encode(profile, day.dictionary()));
                }
            }
            day.checkRoom(encoded.size() + rows.getOrDefault(date, List.of()).size());
            return encoded;
        }

        void commit() throws SQLException {
            for (Map.Entry<LocalDate, List<EncodedProfile>> entry : rows.entrySet()) {
                if (!entry.getValue().isEmpty()) {
                    used.get(entry.getKey()).day().write(entry.getValue());
                    // Before the acknowledgement: a question asked after it must see what was written.
                    days.summaries().forget(entry.getKey());
                    commits.incrementAndGet();
                    entry.getValue().forEach(row -> samples.addAndGet(row.stack().length));
                }
            }
            numberLabelsDropped.addAndGet(encoder.numberLabelsDropped() - droppedBefore);
            results.forEach((append, result) -> {
                stored.addAndGet(result.stored());
                known.addAndGet(result.known());
                append.result().complete(result);
            });
        }

        @Override
        public void close() {
            used.values().forEach(Days.Use::close);
        }
    }
}
