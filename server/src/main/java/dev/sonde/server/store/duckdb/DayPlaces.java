package dev.sonde.server.store.duckdb;

import dev.sonde.server.store.Cancellation;
import dev.sonde.server.store.StoreException;
import java.time.LocalDate;
import java.util.ArrayList;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.concurrent.CompletableFuture;

/**
 * Who has which day open, who waits for one, and which one is closed for another. A day in use is never closed. Of idle
 * days, those go first that were only passed through, the latest of them first, for a question about all days in turn
 * that closes the one it asked least recently would find none of them open when it is asked again; then go the others,
 * the least recently used first. The day that is written to and the one before it stay.
 */
final class DayPlaces {

    private final int maxOpenDays;
    private final Doors doors;

    /** In the order of last use, the least recent first. */
    private final LinkedHashMap<LocalDate, Place> places = new LinkedHashMap<>(16, 0.75f, true);

    /** The latest day that the writer took; null until it took one. */
    private LocalDate newestWritten;

    /** Counts what those who wait may wait for. */
    private long changes;

    private boolean closed;

    /** What becomes of a day. Called with the lock held: the work is another thread's. */
    interface Doors {
        /** Whether there is such a day. */
        boolean exists(LocalDate date);

        /** Opens a day and completes its place, then calls {@link #changed}; {@link #remove} where it cannot. */
        void open(Place place);

        /** Closes a day, then calls {@link #remove}. */
        void close(Place place);
    }

    /** What a day is taken for. */
    enum Purpose {
        /** To be asked, as one of few. */
        READ,
        /** To be asked as one of more than may be open. */
        PASS,
        /** To be looked at by the writer, which waits for no other day. */
        LOOK,
        /** To be written to, and made when it is not there; waits for no other day. */
        WRITE;

        boolean isWriters() {
            return this == LOOK || this == WRITE;
        }
    }

    DayPlaces(int maxOpenDays, Doors doors) {
        this.maxOpenDays = maxOpenDays;
        this.doors = doors;
    }

    /** Takes a place; null when there is no such day. Waits while as many days as may be are open and in use. */
    Place take(LocalDate date, Purpose purpose) throws StoreException {
        // Before the lock is taken, for a cancellation takes its own first.
        try (Cancellation.Registration _ = Cancellation.current().onCancel(this::changed)) {
            return taken(date, purpose);
        }
    }

    private synchronized Place taken(LocalDate date, Purpose purpose) throws StoreException {
        if (purpose == Purpose.WRITE && (newestWritten == null || date.isAfter(newestWritten))) {
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
                place.passing &= purpose == Purpose.PASS;
                return place;
            }
            if (place == null && purpose != Purpose.WRITE && !doors.exists(date)) {
                return null;
            }
            if (place == null && (purpose.isWriters() || hasRoom())) {
                return begin(date, purpose);
            }
            await(date);
        }
    }

    private Place begin(LocalDate date, Purpose purpose) {
        Place place = new Place(date, new CompletableFuture<>());
        place.users = 1;
        place.passing = purpose == Purpose.PASS;
        places.put(date, place);
        doors.open(place);
        return place;
    }

    /** Gives a place back. */
    synchronized void release(Place place) {
        place.users--;
        closeIdle(maxOthers());
        changed();
    }

    /** Whether a question about all of these days finds room for them at once. */
    synchronized boolean haveRoomFor(Collection<LocalDate> dates) {
        return dates.stream().filter(date -> !isWritten(date)).count() <= maxOthers();
    }

    /** The day that is written to, and the one before it, in which each append is looked for. */
    private boolean isWritten(LocalDate date) {
        return newestWritten != null && !date.isBefore(newestWritten.minusDays(1));
    }

    /** How many days may be open that are not written to; one at least, or nobody could ask about old days. */
    private int maxOthers() {
        long written = places.keySet().stream().filter(this::isWritten).count();
        return (int) Math.max(1, maxOpenDays - written);
    }

    private boolean hasRoom() {
        closeIdle(maxOthers() - 1);
        return places.keySet().stream().filter(date -> !isWritten(date)).count() < maxOthers();
    }

    /** Has idle days closed until no more than so many others than written ones stay. */
    private void closeIdle(int keep) {
        List<Place> idle = new ArrayList<>();
        int staying = 0;
        for (Place place : places.values()) {
            if (isWritten(place.date) || place.leaving) {
                continue;
            }
            staying++;
            if (place.users > 0 || !place.opening.isDone()) {
                continue;
            }
            if (place.passing) {
                idle.addFirst(place);
            } else {
                idle.addLast(place);
            }
        }
        for (Place place : idle) {
            if (staying-- <= keep) {
                return;
            }
            place.leaving = true;
            doors.close(place);
        }
    }

    /** The place has no day any more. */
    synchronized void remove(Place place) {
        places.remove(place.date, place);
        changed();
    }

    /** A place that was {@link #vacate vacated} may be taken again. */
    synchronized void stay(Place place) {
        place.leaving = false;
        changed();
    }

    /**
     * Takes a date's place away from all others; waits for its users. It is to be closed and removed.
     *
     * @return an empty place when the day is not open
     */
    synchronized Place vacate(LocalDate date) throws StoreException {
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

    /** Refuses from now on; returns the days that have places. */
    synchronized List<LocalDate> close() {
        closed = true;
        changed();
        return List.copyOf(places.keySet());
    }

    /** Has those who wait look again. */
    synchronized void changed() {
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
}
