package dev.sonde.agent.jvm;

import dev.sonde.agent.jvm.thread.JavaThread;
import dev.sonde.agent.jvm.thread.ThreadNameCheck;
import it.unimi.dsi.fastutil.ints.Int2IntOpenHashMap;
import it.unimi.dsi.fastutil.ints.Int2ObjectMap;
import it.unimi.dsi.fastutil.ints.Int2ObjectMaps;
import it.unimi.dsi.fastutil.ints.Int2ObjectOpenHashMap;
import it.unimi.dsi.fastutil.ints.IntOpenHashSet;
import java.util.List;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.Supplier;

/** The names of a JVM's Java threads as they were listed last. Listed by one thread, asked by another. */
final class JvmThreads {

    /** A thread that was in none of so many listings is looked for no more. */
    private static final int LISTINGS = 3;

    /** Threads that are remembered to be in no list. */
    private static final int MAX_MISSING = 4096;

    private final AtomicLong numbers;
    private volatile Int2ObjectMap<Named> byTid = Int2ObjectMaps.emptyMap();
    private volatile boolean wanted;
    private volatile int listings;

    /** Of the thread that lists. */
    private int count;

    /** How often each thread was missing; of the thread that asks. */
    private final Int2IntOpenHashMap missing = new Int2IntOpenHashMap();

    /** Those that were missing in the listing that is there. */
    private final IntOpenHashSet asked = new IntOpenHashSet();

    private int askedIn;

    /** A thread's name, and a number that no other name has. */
    private static final class Named {
        private final String name;
        private final long number;
        // The comm that was compared last, and what came of it; of the thread that asks.
        private long commLow;
        private long commHigh;
        private boolean compared;
        private boolean fits;

        Named(String name, long number) {
            this.name = name;
            this.number = number;
        }
    }

    /** @param numbers those that names get, of all JVMs */
    JvmThreads(AtomicLong numbers) {
        this.numbers = numbers;
    }

    /** Takes over a listing. */
    void update(List<JavaThread> threads) {
        wanted = false;
        Int2ObjectMap<Named> before = byTid;
        Int2ObjectOpenHashMap<Named> now = new Int2ObjectOpenHashMap<>(threads.size());
        for (JavaThread thread : threads) {
            Named known = before.get(thread.tid());
            boolean same = known != null && known.name.equals(thread.name());
            now.put(thread.tid(), same ? known : new Named(thread.name(), numbers.incrementAndGet()));
        }
        byTid = now;
        listings = ++count;
    }

    /** Whether a thread was asked for that was not listed. */
    boolean wanted() {
        return wanted;
    }

    /**
     * Hands over the name of a thread, where it is known and fits what the kernel calls it; allocates nothing when it was
     * asked for before.
     *
     * @param commLow bytes 0 to 7 of its comm as a little-endian number
     * @param commHigh bytes 8 to 15
     * @param comm the whole comm, asked for only when it is compared
     */
    void find(int tid, long commLow, long commHigh, Supplier<String> comm, Jvm.ThreadFound found) {
        Named named = byTid.get(tid);
        if (named == null) {
            miss(tid);
            return;
        }
        if (!named.compared || named.commLow != commLow || named.commHigh != commHigh) {
            named.compared = true;
            named.commLow = commLow;
            named.commHigh = commHigh;
            named.fits = ThreadNameCheck.fits(named.name, comm.get());
            wanted |= !named.fits;
        }
        if (named.fits) {
            found.name(named.number, named.name);
        }
    }

    /** The VM's own threads, and those of native libraries, are in no list. */
    private void miss(int tid) {
        int listing = listings;
        if (askedIn != listing) {
            askedIn = listing;
            asked.clear();
        }
        if (asked.add(tid)) {
            if (missing.size() >= MAX_MISSING) {
                missing.clear();
            }
            wanted |= missing.addTo(tid, 1) < LISTINGS;
        }
    }
}
