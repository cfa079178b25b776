package dev.sonde.agent.jvm;

import dev.sonde.agent.aggregate.CodeLocation;
import dev.sonde.agent.jvm.names.JavaFrame;
import dev.sonde.agent.jvm.names.JavaMethod;
import java.util.HashMap;
import java.util.IdentityHashMap;
import java.util.Map;
import java.util.function.Function;

/**
 * The places that frames of one JVM were found to be, in the terms of the aggregation. Holds at most a budget: when half
 * of it is used, what was not asked for since the last time goes. One thread at a time.
 */
final class PlaceCache {

    /** What is here is beside the caches of names (JvmCode), which hold the texts that both share. */
    private static final long HALF_BUDGET_BYTES = 512 << 10;

    /** A place, its location and its entry; a line; a function with its entry, whose name and file are texts of its own. */
    private static final int PLACE_BYTES = 160;

    private static final int LINE_BYTES = 32;
    private static final int FUNCTION_BYTES = 120;

    private Generation young = new Generation();
    private Generation old = new Generation();

    /**
     * A place.
     *
     * @param number that no other place has
     */
    record Place(long number, CodeLocation location) {}

    private static final class Generation {
        private final IdentityHashMap<JavaFrame.Named, Place> java = new IdentityHashMap<>();
        private final Map<String, Place> stubs = new HashMap<>();
        private final Map<JavaMethod, CodeLocation.Function> functions = new HashMap<>();
        private long bytes;
    }

    /** The place of a frame, which is known by its identity; null where it is not known. */
    Place java(JavaFrame.Named frame) {
        Place place = young.java.get(frame);
        if (place == null) {
            place = old.java.get(frame);
            if (place != null) {
                keep(frame, place);
            }
        }
        return place;
    }

    /** The place of a stub by its name; null where it is not known. */
    Place stub(String name) {
        Place place = young.stubs.get(name);
        if (place == null) {
            place = old.stubs.get(name);
            if (place != null) {
                keep(name, place);
            }
        }
        return place;
    }

    Place put(JavaFrame.Named frame, long number, CodeLocation location) {
        Place place = new Place(number, location);
        keep(frame, place);
        return place;
    }

    Place put(String stub, long number, CodeLocation location) {
        Place place = new Place(number, location);
        keep(stub, place);
        return place;
    }

    private void keep(JavaFrame.Named frame, Place place) {
        makeRoom(PLACE_BYTES + (long) LINE_BYTES * place.location().lines().size());
        young.java.put(frame, place);
    }

    private void keep(String stub, Place place) {
        makeRoom(PLACE_BYTES + LINE_BYTES + FUNCTION_BYTES + stub.length());
        young.stubs.put(stub, place);
    }

    /** The function of a method. */
    CodeLocation.Function function(JavaMethod method, Function<JavaMethod, CodeLocation.Function> maker) {
        CodeLocation.Function known = young.functions.get(method);
        if (known == null) {
            known = old.functions.get(method);
            known = known == null ? maker.apply(method) : known;
            makeRoom(FUNCTION_BYTES + known.name().length() + known.file().length());
            young.functions.put(method, known);
        }
        return known;
    }

    private void makeRoom(long bytes) {
        if (young.bytes + bytes > HALF_BUDGET_BYTES) {
            old = young;
            young = new Generation();
        }
        young.bytes += bytes;
    }

    /** About what is held. */
    long bytes() {
        return young.bytes + old.bytes;
    }
}
