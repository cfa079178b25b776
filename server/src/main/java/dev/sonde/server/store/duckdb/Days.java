package dev.sonde.server.store.duckdb;

import dev.sonde.server.store.Cancellation;
import dev.sonde.server.store.StoreException;
import dev.sonde.server.store.duckdb.day.BrokenDayException;
import dev.sonde.server.store.duckdb.day.Day;
import dev.sonde.server.store.duckdb.day.DaySettings;
import java.io.IOException;
import java.nio.file.Path;
import java.sql.SQLException;
import java.time.LocalDate;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.TreeSet;
import java.util.concurrent.CancellationException;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.atomic.AtomicLong;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The days of a data folder, some of them open. A day in use is neither closed nor deleted. Days are opened and closed
 * outside of the lock, each by a thread of its own, so that nobody waits for a day but those who asked for it.
 */
final class Days implements AutoCloseable {

    private static final Logger LOG = LoggerFactory.getLogger(Days.class);

    private final DataFolder folder;
    private final StoreSettings settings;
    private final Opener opener;
    private final DaySummaries summaries;
    private final TreeSet<LocalDate> dates;
    /** In the order of last use, the least recent first. */
    private final LinkedHashMap<LocalDate, Place> places = new LinkedHashMap<>(16, 0.75f, true);

    /** As many threads as days open or close at once, which the places bound. */
    private final ExecutorService workers = Executors.newCachedThreadPool(
            Thread.ofPlatform().name("store-day-", 0).daemon().factory());

    private final AtomicLong broken = new AtomicLong();
    /** The latest day that the writer took; null until it took one. */
    private LocalDate newestWritten;

    /** Counts what those who wait may wait for. */
    private long changes;

    private boolean closed;

    /** Opens a day's file, making it when there is none. */
    interface Opener {
        Day open(LocalDate date, Path file, DaySettings settings) throws StoreException, BrokenDayException;
    }

    Days(DataFolder folder, StoreSettings settings) throws StoreException {
        this(folder, settings, Day::open);
    }

    Days(DataFolder folder, StoreSettings settings, Opener opener) throws StoreException {
        this.folder = folder;
        this.settings = settings;
        this.opener = opener;
        this.summaries = new DaySummaries(settings.maxSummaryBytes());
        try {
            this.dates = new TreeSet<>(folder.days());
        } catch (IOException e) {
            throw new StoreException("listing " + folder.root() + ": " + e, e);
        }
    }

    /** A day that is open, or about to be. */
    private static final class Place {
        final LocalDate date;
        final CompletableFuture<Day> opening;
        int users;
        /** Nobody may take it any more: it is being closed, and goes when it is. */
        boolean leaving;

        Place(LocalDate date, CompletableFuture<Day> opening) {
            this.date = date;
            this.opening = opening;
        }
    }

    /** A day in use: close it to give it back. */
    final class Use implements AutoCloseable {
        private final Place place;

        private Use(Place place) {
            this.place = place;
        }

        Day day() {
            return place.opening.join();
        }

        @Override
        public void close() {
            release(place);
        }
    }

    /** The dates that have data, ascending. */
    synchronized List<LocalDate> dates() {
        return List.copyOf(dates);
    }

    /** What is remembered of days. */
    DaySummaries summaries() {
        return summaries;
    }

    /** How many days' files were found broken and moved aside. */
    long broken() {
        return broken.get();
    }

    /**
     * Takes a day into use, or returns null when there is none of this date, or only a broken one. Waits while as many
     * days as may be are open and in use: whoever holds one must not ask for another.
     */
    Use read(LocalDate date) throws StoreException {
        return existing(date, false);
    }

    /** The same for the writer, which waits for no other day. */
    Use writeExisting(LocalDate date) throws StoreException {
        return existing(date, true);
    }

    private Use existing(LocalDate date, boolean writing) throws StoreException {
        try {
            Place place;
            // Before the lock is taken, for a cancellation takes its own first.
            try (Cancellation.Registration _ = Cancellation.current().onCancel(this::wake)) {
                place = take(date, false, writing);
            }
            return place == null ? null : opened(place);
        } catch (BrokenDayException e) {
            return null;
        }
    }

    /** Takes a day into use for the writer, making it when it is not there or broken. */
    Use write(LocalDate date) throws StoreException {
        try {
            return opened(take(date, true, true));
        } catch (BrokenDayException e) {
            // It was moved aside.
        }
        try {
            return opened(take(date, true, true));
        } catch (BrokenDayException e) {
            throw new StoreException(e.getMessage(), e);
        }
    }

    private synchronized Place take(LocalDate date, boolean create, boolean writing) throws StoreException {
        if (create && (newestWritten == null || date.isAfter(newestWritten))) {
            newestWritten = date;
        }
        while (true) {
            Cancellation.current().check();
            if (closed) {
                throw new StoreException(StoreException.Reason.CLOSED, "store: closed (expected: open)");
            }
            Place place = places.get(date);
            if (place != null && !place.leaving) {
                place.users++;
                return place;
            }
            if (place == null && !create && !dates.contains(date)) {
                return null;
            }
            if (place == null && (writing || hasRoom())) {
                return begin(date);
            }
            await(date);
        }
    }

    private Place begin(LocalDate date) {
        Place place = new Place(date, new CompletableFuture<>());
        place.users = 1;
        places.put(date, place);
        workers.execute(() -> open(place));
        return place;
    }

    private void open(Place place) {
        Throwable failure;
        try {
            Day day = opener.open(place.date, folder.file(place.date), settings.day());
            synchronized (this) {
                dates.add(place.date);
                place.opening.complete(day);
                changed();
            }
            return;
        } catch (BrokenDayException e) {
            failure = setAside(place.date, e);
        } catch (Throwable e) {
            // Whatever it was, those who wait must hear of it.
            failure = e;
        }
        synchronized (this) {
            places.remove(place.date, place);
            place.opening.completeExceptionally(failure);
            changed();
        }
    }

    /** Waits until the day is open; gives the place back when it is not to be. */
    private Use opened(Place place) throws StoreException, BrokenDayException {
        Cancellation cancellation = Cancellation.current();
        CompletableFuture<Day> waiting = place.opening.copy();
        // Others may wait for the day: it is opened all the same.
        try (Cancellation.Registration _ = cancellation.onCancel(() -> waiting.cancel(false))) {
            waiting.get();
            return new Use(place);
        } catch (CancellationException e) {
            release(place);
            cancellation.check();
            throw e;
        } catch (InterruptedException e) {
            release(place);
            Thread.currentThread().interrupt();
            throw new StoreException("opening " + place.date + ": interrupted", e);
        } catch (ExecutionException e) {
            release(place);
            if (e.getCause() instanceof BrokenDayException found) {
                throw new BrokenDayException(found.getMessage(), found);
            }
            throw e.getCause() instanceof StoreException store
                    ? new StoreException(store.reason(), store.getMessage(), store)
                    : new StoreException("opening " + place.date + ": " + e.getCause(), e.getCause());
        }
    }

    /**
     * One broken day must not take the answers about the others down, nor appends. The caller has its place.
     *
     * @return what to tell those who wait for it
     */
    private Exception setAside(LocalDate date, BrokenDayException cause) {
        try {
            LOG.warn("{}; its profiles are left out, moved to {}", cause.getMessage(), folder.setAside(date));
        } catch (IOException e) {
            cause.addSuppressed(e);
            return new StoreException(cause.getMessage() + "; moving it aside: " + e, cause);
        }
        broken.incrementAndGet();
        synchronized (this) {
            dates.remove(date);
        }
        summaries.forget(date);
        return cause;
    }

    /** Moves a day aside that was found broken while it was open; waits for its other readers. Does it once. */
    void setAside(Day day, BrokenDayException cause) throws StoreException {
        Place place = vacate(day.date());
        Day found = place.opening.join();
        if (found != null && found != day) {
            // Another one has done it, and the day has begun anew.
            stay(place);
            return;
        }
        try {
            closeDay(place);
            if (found == day && setAside(day.date(), cause) instanceof StoreException e) {
                throw e;
            }
        } finally {
            forget(place);
        }
    }

    private synchronized void release(Place place) {
        place.users--;
        closeIdle(maxOthers());
        changed();
    }

    /** The day that is written to, and the one before it, in which each append is looked for. */
    private boolean isWritten(Place place) {
        return newestWritten != null && !place.date.isBefore(newestWritten.minusDays(1));
    }

    /** How many days may be open that are not written to; one at least, or nobody could ask about old days. */
    private int maxOthers() {
        long written = places.values().stream().filter(this::isWritten).count();
        return (int) Math.max(1, settings.maxOpenDays() - written);
    }

    private boolean hasRoom() {
        closeIdle(maxOthers() - 1);
        return places.values().stream().filter(place -> !isWritten(place)).count() < maxOthers();
    }

    /** Has idle days closed, the least recently used first, until no more than so many others than written ones stay. */
    private void closeIdle(int keep) {
        List<Place> others = places.values().stream()
                .filter(place -> !isWritten(place) && !place.leaving)
                .toList();
        int staying = others.size();
        for (Place place : others) {
            if (staying > keep && place.users == 0 && place.opening.isDone()) {
                place.leaving = true;
                staying--;
                workers.execute(() -> closeAndForget(place));
            }
        }
    }

    private void closeAndForget(Place place) {
        closeDay(place);
        forget(place);
    }

    /** Closes a place's day, where it has one. The place must be leaving, without users, and opened. */
    private static void closeDay(Place place) {
        Day day = place.opening.join();
        if (day == null) {
            return;
        }
        try {
            day.close();
        } catch (SQLException e) {
            // What was acknowledged is in the log; the next open replays it.
            LOG.warn("closing {}: {}", place.date, e.getMessage());
        }
    }

    private synchronized void forget(Place place) {
        places.remove(place.date, place);
        changed();
    }

    private synchronized void stay(Place place) {
        place.leaving = false;
        changed();
    }

    /**
     * Takes a date's place away from all others; waits for its users. It is to be closed and forgotten.
     *
     * @return an empty place when the day is not open
     */
    private synchronized Place vacate(LocalDate date) throws StoreException {
        while (true) {
            Place place = places.get(date);
            if (place == null) {
                place = new Place(date, CompletableFuture.completedFuture(null));
                place.leaving = true;
                places.put(date, place);
                return place;
            }
            if (place.leaving) {
                await(date);
                continue;
            }
            place.leaving = true;
            try {
                while (places.get(date) == place && (place.users > 0 || !place.opening.isDone())) {
                    await(date);
                }
            } catch (StoreException e) {
                stay(place);
                throw e;
            }
            if (places.get(date) == place) {
                return place;
            }
        }
    }

    private synchronized void wake() {
        changed();
    }

    private void changed() {
        changes++;
        notifyAll();
    }

    private void await(LocalDate date) throws StoreException {
        long seen = changes;
        try {
            while (changes == seen) {
                wait();
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new StoreException("waiting for " + date + ": interrupted", e);
        }
    }

    /**
     * Closes days after a failed write, so that they are read anew from disk. The caller must not have them in use;
     * waits for readers.
     */
    void reopenLater(Collection<LocalDate> failed) throws StoreException {
        for (LocalDate date : failed) {
            closeAndForget(vacate(date));
        }
    }

    /**
     * Deletes days that end at or before a date, broken ones too; returns the bytes given back. Waits for readers.
     */
    long dropBefore(LocalDate date) throws StoreException {
        long bytes = dropBroken(date);
        for (LocalDate old : dates()) {
            if (old.isBefore(date)) {
                Place place = vacate(old);
                try {
                    closeDay(place);
                    bytes += folder.delete(old);
                    synchronized (this) {
                        dates.remove(old);
                    }
                    summaries.forget(old);
                } catch (IOException e) {
                    throw new StoreException("deleting " + folder.file(old) + ": " + e, e);
                } finally {
                    forget(place);
                }
            }
        }
        return bytes;
    }

    private long dropBroken(LocalDate date) throws StoreException {
        try {
            return folder.deleteBroken(date);
        } catch (IOException e) {
            throw new StoreException("deleting broken days before " + date + ": " + e, e);
        }
    }

    /** Closes all days, after their readers. */
    @Override
    public void close() {
        List<LocalDate> open;
        synchronized (this) {
            closed = true;
            // Those who wait for a place learn of it.
            changed();
            open = List.copyOf(places.keySet());
        }
        for (LocalDate date : open) {
            try {
                closeAndForget(vacate(date));
            } catch (StoreException e) {
                LOG.warn("closing {}: {}", date, e.getMessage());
            }
        }
        workers.close();
    }
}
