package dev.sonde.pprof;

import dev.sonde.pprof.PprofException.Reason;
import it.unimi.dsi.fastutil.longs.Long2IntOpenHashMap;

/** Dense indexes for the ids of one kind of entry, in the order in which they came. */
final class IdIndex {
    private final String what;
    private final int max;
    private final Long2IntOpenHashMap indexes = new Long2IntOpenHashMap();

    IdIndex(String what, int max) {
        this.what = what;
        this.max = max;
        indexes.defaultReturnValue(Profile.NONE);
    }

    /** Takes the next index for an id; ids are unique and not 0. */
    void add(long id) throws PprofException {
        RawProfile.checkCount(what, indexes.size(), max);
        if (id == 0) {
            throw new PprofException(Reason.BAD_VALUE, "profile: " + what + " id: 0 (expected: not 0)");
        }
        if (indexes.putIfAbsent(id, indexes.size()) != Profile.NONE) {
            throw new PprofException(
                    Reason.BAD_VALUE,
                    "profile: " + what + " id: " + Long.toUnsignedString(id) + " twice (expected: once)");
        }
    }

    /** The index of an id that must be there. */
    int require(String from, long id) throws PprofException {
        int index = indexes.get(id);
        if (index == Profile.NONE) {
            throw new PprofException(
                    Reason.BAD_REFERENCE,
                    "profile: " + from + " names " + what + " id " + Long.toUnsignedString(id)
                            + " (expected: one of the " + indexes.size() + " in the profile)");
        }
        return index;
    }

    int size() {
        return indexes.size();
    }
}
