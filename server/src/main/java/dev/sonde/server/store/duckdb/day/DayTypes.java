package dev.sonde.server.store.duckdb.day;

import dev.sonde.model.TimeRange;
import dev.sonde.server.store.StoreException;
import dev.sonde.server.store.dictionary.DayDictionary.Shape;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.List;

/**
 * The profile types of one whole day.
 *
 * @param firstNanos start of the first profile with samples
 * @param lastNanos start of the last one
 * @param endNanos when the last of them to end has ended; a profile without duration is a nanosecond long
 * @param shapes how many profiles of which shape; none when no profile has samples, and the times then mean nothing
 */
public record DayTypes(long firstNanos, long lastNanos, long endNanos, List<ShapeCount> shapes) {

    /** How many profiles of a shape there are, and their periods. */
    public record ShapeCount(Shape shape, long profiles, long minPeriod, long maxPeriod) {}

    public DayTypes {
        shapes = List.copyOf(shapes);
    }

    /** Reads what the whole day holds. */
    public static DayTypes read(DayReader reader) throws SQLException, StoreException {
        long[] times = {Long.MAX_VALUE, Long.MIN_VALUE, Long.MIN_VALUE};
        List<ShapeCount> shapes = new ArrayList<>();
        String sql = "SELECT shape, count(*), min(period), max(period), min(time_nanos), max(time_nanos),"
                + " max(time_nanos + greatest(duration_nanos, 1)) FROM profile WHERE len(stack) > 0 GROUP BY shape";
        Scan.rows(reader.connection(), sql, (chunk, row) -> {
            shapes.add(new ShapeCount(
                    reader.dictionary().shapes().get(chunk.vector(0).getInt(row)),
                    chunk.vector(1).getLong(row),
                    chunk.vector(2).getLong(row),
                    chunk.vector(3).getLong(row)));
            times[0] = Math.min(times[0], chunk.vector(4).getLong(row));
            times[1] = Math.max(times[1], chunk.vector(5).getLong(row));
            times[2] = Math.max(times[2], chunk.vector(6).getLong(row));
        });
        return new DayTypes(times[0], times[1], times[2], shapes);
    }

    /** Adds what a part of the day holds. */
    public static void add(DayReader reader, TimeRange range, TypeChoice types) throws SQLException, StoreException {
        String sql = "SELECT shape, count(*), min(period), max(period) FROM profile WHERE "
                + DayQuery.timeAndSamples(range) + " GROUP BY shape";
        Scan.rows(
                reader.connection(),
                sql,
                (chunk, row) -> types.add(
                        reader.dictionary().shapes().get(chunk.vector(0).getInt(row)),
                        chunk.vector(1).getLong(row),
                        chunk.vector(2).getLong(row),
                        chunk.vector(3).getLong(row)));
    }

    public void addTo(TypeChoice types) {
        for (ShapeCount count : shapes) {
            types.add(count.shape, count.profiles, count.minPeriod, count.maxPeriod);
        }
    }

    public boolean has(String type) {
        return shapes.stream().anyMatch(count -> count.shape.type().equals(type));
    }

    /** Whether all of the day's profiles lie in the range. */
    public boolean liesIn(TimeRange range) {
        return shapes.isEmpty() || (range.contains(firstNanos) && range.contains(lastNanos));
    }

    /** Whether none of the day's profiles lies in the range. */
    public boolean liesOutside(TimeRange range) {
        return shapes.isEmpty() || lastNanos < range.fromNanos() || firstNanos >= range.toNanos();
    }
}
