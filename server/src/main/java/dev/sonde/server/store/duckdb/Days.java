package dev.sonde.server.store.duckdb;

import dev.sonde.server.store.StoreException;
import java.io.IOException;
import java.sql.SQLException;
import java.time.LocalDate;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.TreeSet;
import java.util.concurrent.atomic.AtomicLong;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** The days of a data folder, some of them open. A day in use is neither closed nor deleted. */
final class Days implements AutoCloseable {

    private static final Logger LOG = LoggerFactory.getLogger(Days.class);

    private final DataFolder folder;
    private final StoreSettings settings;
    private final TreeSet<LocalDate> dates;
    /** In the order of last use, the least recent first. */
    private final LinkedHashMap<LocalDate, Open> open = new LinkedHashMap<>(16, 0.75f, true);

    private final AtomicLong broken = new AtomicLong();
    private boolean closed;

    Days(DataFolder folder, StoreSettings settings) throws StoreException {
        this.folder = folder;
        this.settings = settings;
        try {
            this.dates = new TreeSet<>(folder.days());
        } catch (IOException e) {
            throw new StoreException("listing " + folder.root() + ": " + e, e);
        }
    }

    private static final class Open {
        final Day day;
        int users;

        Open(Day day) {
            this.day = day;
        }
    }

    /** A day in use: close it to give it back. */
    final class Use implements AutoCloseable {
        private final Open used;

        private Use(Open used) {
            this.used = used;
        }

        Day day() {
            return used.day;
        }

        @Override
        public void close() {
            release(used);
        }
    }

    /** The dates that have data, ascending. */
    synchronized List<LocalDate> dates() {
        return List.copyOf(dates);
    }

    /** How many days' files were found broken and moved aside. */
    long broken() {
        return broken.get();
    }

    /** Takes a day into use, or returns null when there is none of this date, or only a broken one. */
    synchronized Use useExisting(LocalDate date) throws StoreException {
        if (!dates.contains(date)) {
            return null;
        }
        try {
            return open(date);
        } catch (BrokenDayException e) {
            setAside(date, e);
            return null;
        }
    }

    /** Takes a day into use, opening it, and making it when it is not there or broken. */
    synchronized Use use(LocalDate date) throws StoreException {
        try {
            return open(date);
        } catch (BrokenDayException e) {
            setAside(date, e);
        }
        try {
            return open(date);
        } catch (BrokenDayException e) {
            throw new StoreException(e.getMessage(), e);
        }
    }

    /** One broken day must not take the answers about the others down, nor appends. */
    private void setAside(LocalDate date, BrokenDayException cause) throws StoreException {
        dates.remove(date);
        try {
            LOG.warn("{}; its profiles are left out, moved to {}", cause.getMessage(), folder.setAside(date));
            broken.incrementAndGet();
        } catch (IOException e) {
            dates.add(date);
            cause.addSuppressed(e);
            throw new StoreException(cause.getMessage() + "; moving it aside: " + e, cause);
        }
    }

    private Use open(LocalDate date) throws StoreException, BrokenDayException {
        if (closed) {
            throw new StoreException(StoreException.Reason.CLOSED, "store: closed (expected: open)");
        }
        Open found = open.get(date);
        if (found == null) {
            closeIdle(settings.maxOpenDays() - 1);
            found = new Open(Day.open(date, folder.file(date), settings));
            open.put(date, found);
            dates.add(date);
        }
        found.users++;
        return new Use(found);
    }

    private synchronized void release(Open used) {
        used.users--;
        notifyAll();
    }

    private void closeIdle(int keep) {
        for (Open candidate : List.copyOf(open.values())) {
            if (open.size() > keep && candidate.users == 0) {
                open.remove(candidate.day.date());
                closeQuietly(candidate.day);
            }
        }
    }

    /**
     * Closes days after a failed write, so that they are read anew from disk. The caller must not have them in use;
     * waits for readers.
     */
    synchronized void reopenLater(Collection<LocalDate> failed) throws StoreException {
        for (LocalDate date : failed) {
            closeWhenIdle(date);
        }
    }

    /** Deletes days that end at or before a date; returns the bytes given back. Waits for readers. */
    synchronized long dropBefore(LocalDate date) throws StoreException {
        long bytes = 0;
        for (LocalDate old : List.copyOf(dates.headSet(date))) {
            closeWhenIdle(old);
            try {
                bytes += folder.delete(old);
            } catch (IOException e) {
                throw new StoreException("deleting " + folder.file(old) + ": " + e, e);
            }
            dates.remove(old);
        }
        return bytes;
    }

    private void closeWhenIdle(LocalDate date) throws StoreException {
        Open found = open.get(date);
        while (found != null && found.users > 0) {
            try {
                wait();
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
                throw new StoreException("waiting for readers of " + date + ": interrupted", e);
            }
            found = open.get(date);
        }
        if (found != null) {
            open.remove(date);
            closeQuietly(found.day);
        }
    }

    private static void closeQuietly(Day day) {
        try {
            day.close();
        } catch (SQLException e) {
            // What was acknowledged is in the log; the next open replays it.
            LOG.warn("closing {}: {}", day.date(), e.getMessage());
        }
    }

    /** Closes all days, after their readers. */
    @Override
    public synchronized void close() {
        closed = true;
        for (LocalDate date : List.copyOf(open.keySet())) {
            try {
                closeWhenIdle(date);
            } catch (StoreException e) {
                LOG.warn("closing {}: {}", date, e.getMessage());
            }
        }
    }
}
