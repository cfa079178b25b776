package dev.sonde.server.store.duckdb;

import dev.sonde.server.store.duckdb.day.Day;
import java.time.LocalDate;
import java.util.concurrent.CompletableFuture;

/** A day that is open, or about to be, or about to be closed. All but its first two fields belong to {@link DayPlaces}. */
final class Place {

    final LocalDate date;

    /** The day once it is open; null where it is not to be opened. */
    final CompletableFuture<Day> opening;

    int users;

    /** Nobody may take it any more: it is being closed, and goes when it is. */
    boolean leaving;

    /** Only such questions took it as ask about more days than may be open. */
    boolean passing;

    Place(LocalDate date, CompletableFuture<Day> opening) {
        this.date = date;
        this.opening = opening;
    }
}
