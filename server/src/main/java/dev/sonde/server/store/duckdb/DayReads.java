package dev.sonde.server.store.duckdb;

import dev.sonde.model.TimeRange;
import dev.sonde.server.store.StoreException;
import dev.sonde.server.store.duckdb.DayPlaces.Purpose;
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

    /** All days. */
    Round all() {
        return new Round(days.dates());
    }

    /** The days of which a part lies in a range. */
    Round in(TimeRange range) {
        LocalDate first = Appender.dateOf(range.fromNanos());
        LocalDate last = Appender.dateOf(range.toNanos() - 1);
        List<LocalDate> dates = new ArrayList<>(days.dates());
        dates.removeIf(date -> date.isBefore(first) || date.isAfter(last));
        return new Round(dates);
    }

    /** The days that one question is about. */
    final class Round {
        private final List<LocalDate> dates;
        private final Purpose purpose;

        private Round(List<LocalDate> dates) {
            this.dates = dates;
            this.purpose = days.purposeOf(dates);
        }

        /** Their dates, ascending. */
        List<LocalDate> dates() {
            return dates;
        }

        void forEach(DayQuestion question) throws StoreException {
            for (LocalDate date : dates) {
                on(date, question);
            }
        }

        /** Asks a day; not at all when it was dropped since it was listed. */
        void on(LocalDate date, DayQuestion question) throws StoreException {
            Day day = null;
            try (Days.Use use = days.read(date, purpose)) {
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
}
