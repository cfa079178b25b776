package dev.sonde.server.store.duckdb.day;

import dev.sonde.server.store.NewProfile;
import dev.sonde.server.store.StoreException;
import dev.sonde.server.store.dictionary.DayDictionary;
import dev.sonde.server.store.dictionary.EncodedProfile;
import it.unimi.dsi.fastutil.longs.LongOpenHashSet;
import java.nio.file.Path;
import java.sql.SQLException;
import java.time.LocalDate;
import java.util.Collection;
import java.util.HashSet;
import java.util.List;
import java.util.Properties;
import java.util.Set;
import java.util.stream.Collectors;
import org.duckdb.DuckDBConnection;

/** One open day: its database and the mirror of its dictionaries. Written by one thread, read by many. */
public final class Day implements AutoCloseable {

    /**
     * Size of the write-ahead log at which DuckDB moves it into the file: at its default of 16 MB commits stall for up
     * to 400 ms, at larger ones for a quarter of it.
     */
    private static final String CHECKPOINT_THRESHOLD = "256MB";

    private final LocalDate date;
    private final DuckDBConnection connection;
    private final DayDictionary dictionary;
    private final int maxProfiles;
    /** Low halves of the ids of the day's profiles. A hit is confirmed in the database. */
    private final LongOpenHashSet idFingerprints = new LongOpenHashSet();

    private DayDictionary.Mark written;
    private volatile DayDictionary.View view;

    private Day(LocalDate date, DuckDBConnection connection, DaySettings settings) throws StoreException {
        this.date = date;
        this.connection = connection;
        this.dictionary = new DayDictionary(settings.limits());
        this.maxProfiles = settings.limits().profiles();
    }

    /**
     * Opens a day's file, making it when there is none.
     *
     * @throws BrokenDayException when the file is there and holds no day
     */
    public static Day open(LocalDate date, Path file, DaySettings settings) throws StoreException, BrokenDayException {
        DuckDBConnection connection = null;
        try {
            connection = DuckDBConnection.newConnection("jdbc:duckdb:" + file, false, properties(settings));
            DaySchema.create(connection);
            Day day = new Day(date, connection, settings);
            day.load();
            return day;
        } catch (Exception e) {
            // newConnection declares Exception; whatever it was, the day cannot be used.
            closeAfter(connection, e);
            if (e instanceof StoreException store) {
                throw store;
            }
            String message = "opening " + file + ": " + e.getMessage();
            if (BrokenDayException.isCause(e)) {
                throw new BrokenDayException(message, e);
            }
            throw new StoreException(message, e);
        }
    }

    private static void closeAfter(DuckDBConnection connection, Exception cause) {
        if (connection != null) {
            try {
                connection.close();
            } catch (SQLException e) {
                cause.addSuppressed(e);
            }
        }
    }

    private static Properties properties(DaySettings settings) {
        Properties properties = new Properties();
        // Extensions come from the network; what is needed is built in.
        properties.setProperty("autoinstall_known_extensions", "false");
        properties.setProperty("autoload_known_extensions", "false");
        properties.setProperty("memory_limit", settings.memoryBytes() + "B");
        properties.setProperty("threads", Integer.toString(settings.threads()));
        properties.setProperty("checkpoint_threshold", CHECKPOINT_THRESHOLD);
        // Results are read chunk by chunk, never held whole.
        properties.setProperty("jdbc_stream_results", "true");
        return properties;
    }

    private void load() throws SQLException, StoreException {
        DictionaryLoader.load(connection, dictionary);
        Scan.rows(
                connection,
                "SELECT id_low FROM profile",
                (chunk, row) -> idFingerprints.add(chunk.vector(0).getLong(row)));
        written = dictionary.mark();
        view = dictionary.view();
    }

    public LocalDate date() {
        return date;
    }

    /** Which of the profiles the day has. */
    public Set<NewProfile.Id> known(Collection<NewProfile.Id> ids) throws SQLException, StoreException {
        List<NewProfile.Id> likely =
                ids.stream().filter(id -> idFingerprints.contains(id.low())).toList();
        if (likely.isEmpty()) {
            return Set.of();
        }
        String low = likely.stream().map(id -> Long.toString(id.low())).collect(Collectors.joining(","));
        Set<NewProfile.Id> known = new HashSet<>();
        Scan.rows(
                connection,
                "SELECT id_high, id_low FROM profile WHERE id_low IN (" + low + ")",
                (chunk, row) -> known.add(new NewProfile.Id(
                        chunk.vector(0).getLong(row), chunk.vector(1).getLong(row))));
        return known;
    }

    /** The dictionary, for the writer. */
    public DayDictionary dictionary() {
        return dictionary;
    }

    /** Refuses more profiles than a day may hold. */
    public void checkRoom(int more) throws StoreException {
        if (idFingerprints.size() + more > maxProfiles) {
            throw new StoreException(
                    StoreException.Reason.FULL,
                    "profiles of " + date + ": " + (idFingerprints.size() + more) + " (expected: at most " + maxProfiles
                            + ")");
        }
    }

    /** Writes rows that the dictionary was extended for; they are on disk when this returns. */
    public void write(List<EncodedProfile> rows) throws SQLException {
        // Before the commit: a reader that sees the rows must see what they name.
        DayDictionary.View extended = dictionary.view();
        view = extended;
        DayWriter.write(connection, extended, written, rows);
        written = dictionary.mark();
        for (EncodedProfile row : rows) {
            idFingerprints.add(row.id().low());
        }
    }

    /** A consistent look at the day; close it soon. */
    public DayReader read() throws SQLException, StoreException {
        DuckDBConnection reading = connection.duplicate();
        try {
            Scan.chunks(reading, "BEGIN TRANSACTION", chunk -> {});
            // DuckDB takes its snapshot at the first read. The dictionary is looked at after it, so that it is newer.
            Scan.chunks(reading, "SELECT 1 FROM profile LIMIT 1", chunk -> {});
        } catch (SQLException | StoreException e) {
            closeAfter(reading, e);
            throw e;
        }
        return new DayReader(reading, view);
    }

    @Override
    public void close() throws SQLException {
        connection.close();
    }
}
