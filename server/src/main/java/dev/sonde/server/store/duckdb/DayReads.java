package dev.sonde.server.store.duckdb;

import dev.sonde.model.TimeRange;
import dev.sonde.server.store.StoreException;
import dev.sonde.server.store.duckdb.day.BrokenDayException;
import dev.sonde.server.store.duckdb.day.Day;
import dev.sonde.server.store.duckdb.day.DayReader;
import java.sql.SQLException;
import java.time.LocalDate;
import java.util.ArrayList;
import java.util.List;

/** Asks days, one after the other: each is in use only while it is asked. */
final class DayReads {

    private final DataFolder folder;
    private final Days days;

    /** Asks one day. */
    interface DayQuestion {
        void ask(DayReader reader) throws SQLException, StoreException;
    }

    DayReads(DataFolder folder, Days days) {
        this.folder = folder;
        this.days = days;
    }

    /** The dates that have data, ascending. */
    List<LocalDate> dates() {
        return days.dates();
    }

    /** The dates that have data of which a part lies in a range, ascending. */
    List<LocalDate> dates(TimeRange range) {
        LocalDate first = Appender.dateOf(range.fromNanos());
        LocalDate last = Appender.dateOf(range.toNanos() - 1);
        List<LocalDate> dates = new ArrayList<>(days.dates());
        dates.removeIf(date -> date.isBefore(first) || date.isAfter(last));
        return dates;
    }

    /** Asks each day of a range. */
    void forEach(TimeRange range, DayQuestion question) throws StoreException {
        for (LocalDate date : dates(range)) {
            on(date, question);
        }
    }

    /** Asks a day; not at all when it was dropped since it was listed. */
    void on(LocalDate date, DayQuestion question) throws StoreException {
        Day day = null;
        try (Days.Use use = days.read(date)) {
            if (use == null) {
                return;
            }
            day = use.day();
            try (DayReader reader = day.read()) {
                question.ask(reader);
            }
        } catch (SQLException e) {
            String message = "reading " + folder.file(date) + ": " + e.getMessage();
            if (BrokenDayException.isCorruption(e)) {
                // A part of the day may be in the answer already: this one fails, the next goes without the day.
                days.setAside(day, new BrokenDayException(message, e));
            } else if (BrokenDayException.isInvalidated(e)) {
                days.reopenLater(List.of(date));
            }
            throw new StoreException(message, e);
        }
    }
}
