package dev.sonde.agent.count;

import java.util.EnumMap;
import java.util.concurrent.atomic.LongAdder;
import java.util.function.ObjLongConsumer;

/**
 * One monotonic count per constant of an enum. Counting takes no lock and allocates nothing; any thread may read.
 *
 * @param <E> the events or reasons counted
 */
public final class Counts<E extends Enum<E>> {

    private final EnumMap<E, LongAdder> adders;

    /** Counts of all constants of {@code type}, each zero. */
    public Counts(Class<E> type) {
        adders = new EnumMap<>(type);
        for (E event : type.getEnumConstants()) {
            adders.put(event, new LongAdder());
        }
    }

    /** Counts one event. */
    public void increment(E event) {
        adders.get(event).increment();
    }

    /** Counts {@code number} events. */
    public void add(E event, long number) {
        adders.get(event).add(number);
    }

    /** How often the event was counted. */
    public long get(E event) {
        return adders.get(event).sum();
    }

    /** Calls back with each event and its count, in the order of the constants. */
    public void forEach(ObjLongConsumer<E> action) {
        adders.forEach((event, adder) -> action.accept(event, adder.sum()));
    }
}
