package dev.sonde.server.store.duckdb;

import dev.sonde.server.store.Cancellation;
import dev.sonde.server.store.StoreException;
import dev.sonde.server.store.duckdb.DayPlaces.Purpose;
import dev.sonde.server.store.duckdb.day.BrokenDayException;
import dev.sonde.server.store.duckdb.day.Day;
import dev.sonde.server.store.duckdb.day.DaySettings;
import java.io.IOException;
import java.nio.file.Path;
import java.sql.SQLException;
import java.time.LocalDate;
import java.util.Collection;
import java.util.List;
import java.util.concurrent.CancellationException;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentSkipListSet;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.atomic.AtomicLong;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The days of a data folder, some of them open. A day in use is neither closed nor deleted. Days are opened and closed
 * each by a thread of its own, so that nobody waits for a day but those who asked for it.
 */
final class Days implements AutoCloseable {

    private static final Logger LOG = LoggerFactory.getLogger(Days.class);

    private final DataFolder folder;
    private final StoreSettings settings;
    private final Opener opener;
    private final DaySummaries summaries;
    /** Changed only by who has the date's place. */
    private final ConcurrentSkipListSet<LocalDate> dates;

    private final DayPlaces places;

    /** As many threads as days open or close at once, which the places bound. */
    private final ExecutorService workers = Executors.newCachedThreadPool(
            Thread.ofPlatform().name("store-day-", 0).daemon().factory());

    private final AtomicLong broken = new AtomicLong();

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
        this.places = new DayPlaces(settings.maxOpenDays(), new Doors());
        try {
            this.dates = new ConcurrentSkipListSet<>(folder.days());
        } catch (IOException e) {
            throw new StoreException("listing " + folder.root() + ": " + e, e);
        }
    }

    private final class Doors implements DayPlaces.Doors {
        @Override
        public boolean exists(LocalDate date) {
            return dates.contains(date);
        }

        @Override
        public void open(Place place) {
            workers.execute(() -> Days.this.open(place));
        }

        @Override
        public void close(Place place) {
            workers.execute(() -> closeAndRemove(place));
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
            places.release(place);
        }
    }

    /** The dates that have data, ascending. */
    List<LocalDate> dates() {
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

    /** What the days of one question are read for: a question about very many must not drive all others out. */
    Purpose purposeOf(Collection<LocalDate> asked) {
        return places.haveRoomFor(asked) ? Purpose.READ : Purpose.PASS;
    }

    /**
     * Takes a day into use, or returns null when there is none of this date, or only a broken one. Waits while as many
     * days as may be are open and in use: whoever holds one must not ask for another.
     */
    Use read(LocalDate date, Purpose purpose) throws StoreException {
        try {
            Place place = places.take(date, purpose);
            return place == null ? null : opened(place);
        } catch (BrokenDayException e) {
            return null;
        }
    }

    /** Takes a day into use for the writer, making it when it is not there or broken. */
    Use write(LocalDate date) throws StoreException {
        try {
            return opened(places.take(date, Purpose.WRITE));
        } catch (BrokenDayException e) {
            // It was moved aside.
        }
        try {
            return opened(places.take(date, Purpose.WRITE));
        } catch (BrokenDayException e) {
            throw new StoreException(e.getMessage(), e);
        }
    }

    private void open(Place place) {
        Throwable failure;
        try {
            Day day = opener.open(place.date, folder.file(place.date), settings.day());
            dates.add(place.date);
            place.opening.complete(day);
            places.changed();
            return;
        } catch (BrokenDayException e) {
            failure = setAside(place.date, e);
        } catch (Throwable e) {
            // Whatever it was, those who wait must hear of it.
            failure = e;
        }
        places.remove(place);
        place.opening.completeExceptionally(failure);
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
            places.release(place);
            cancellation.check();
            throw e;
        } catch (InterruptedException e) {
            places.release(place);
            Thread.currentThread().interrupt();
            throw new StoreException("opening " + place.date + ": interrupted", e);
        } catch (ExecutionException e) {
            places.release(place);
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
        dates.remove(date);
        summaries.forget(date);
        return cause;
    }

    /** Moves a day aside that was found broken while it was open; waits for its other readers. Does it once. */
    void setAside(Day day, BrokenDayException cause) throws StoreException {
        Place place = places.vacate(day.date());
        Day found = place.opening.join();
        if (found != null && found != day) {
            // Another one has done it, and the day has begun anew.
            places.stay(place);
            return;
        }
        try {
            closeDay(place);
            if (found == day && setAside(day.date(), cause) instanceof StoreException e) {
                throw e;
            }
        } finally {
            places.remove(place);
        }
    }

    private void closeAndRemove(Place place) {
        closeDay(place);
        places.remove(place);
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

    /**
     * Closes days after a failed write, so that they are read anew from disk. The caller must not have them in use;
     * waits for readers.
     */
    void reopenLater(Collection<LocalDate> failed) throws StoreException {
        for (LocalDate date : failed) {
            closeAndRemove(places.vacate(date));
        }
    }

    /**
     * Deletes days that end at or before a date, broken ones too; returns the bytes given back. Waits for readers.
     */
    long dropBefore(LocalDate date) throws StoreException {
        long bytes = dropBroken(date);
        for (LocalDate old : dates.headSet(date)) {
            Place place = places.vacate(old);
            try {
                closeDay(place);
                bytes += folder.delete(old);
                dates.remove(old);
                summaries.forget(old);
            } catch (IOException e) {
                throw new StoreException("deleting " + folder.file(old) + ": " + e, e);
            } finally {
                places.remove(place);
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
        for (LocalDate date : places.close()) {
            try {
                closeAndRemove(places.vacate(date));
            } catch (StoreException e) {
                LOG.warn("closing {}: {}", date, e.getMessage());
            }
        }
        workers.close();
    }
}
