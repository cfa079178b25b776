package dev.sonde.agent.jvm.names;

import dev.sonde.agent.jvm.code.CodeHeap;
import dev.sonde.agent.jvm.code.CodeHeaps;
import dev.sonde.agent.jvm.layout.VmLayout;
import dev.sonde.agent.jvm.memory.MemoryPages;
import dev.sonde.agent.jvm.memory.ProcessReadException;
import java.util.Arrays;

/**
 * The stubs that the VM describes in a list of StubCodeDesc (runtime/stubCodeGenerator.hpp): next, group, name, begin and
 * end. No table tells where these stand; where the first descriptor has two neighbouring addresses in the code cache, the
 * second behind the first, are begin and end. Where the list cannot be understood there are no names.
 */
final class StubDescriptors {

    /** JDK 25 has 330. */
    private static final int MAX_STUBS = 4096;

    private static final int MAX_NAME_BYTES = 128;

    /** Behind next, group and name; JDK 8 has a number between. */
    private static final int FIRST_BEGIN = 3;

    private static final int LAST_BEGIN = 5;

    private static final int GROUP = Long.BYTES;
    private static final int NAME = 2 * Long.BYTES;

    private final long list;
    private final MemoryPages pages;
    private final CodeHeaps heaps;
    private long[] begins = {};
    private long[] ends = {};
    private String[] names = {};
    /** The first of the list when it was read last: new stubs come before it. */
    private long lastFirst;

    StubDescriptors(long list, MemoryPages pages, CodeHeaps heaps) {
        this.list = list;
        this.pages = pages;
        this.heaps = heaps;
    }

    /** The name of the stub at an address, or null. */
    String name(long address) {
        String known = find(address);
        if (known != null || list == VmLayout.ABSENT_ADDRESS) {
            return known;
        }
        try {
            long first = pages.i64(list);
            if (first == lastFirst) {
                return null;
            }
            lastFirst = first;
            read(first);
        } catch (ProcessReadException e) {
            // The list is no list, or changes just now: the blob's name remains.
        }
        return find(address);
    }

    private String find(long address) {
        int at = Arrays.binarySearch(begins, address);
        int index = at >= 0 ? at : -at - 2;
        return index >= 0 && address < ends[index] ? names[index] : null;
    }

    private void read(long first) throws ProcessReadException {
        int begin = first == 0 ? 0 : placeOfBegin(first);
        if (begin == 0) {
            return;
        }
        long[] addresses = new long[MAX_STUBS];
        int count = 0;
        for (long at = first; at != 0 && count < MAX_STUBS; at = pages.i64(at)) {
            addresses[count++] = at;
        }
        long[][] order = new long[count][];
        for (int i = 0; i < count; i++) {
            order[i] = new long[] {pages.i64(addresses[i] + begin), addresses[i]};
        }
        Arrays.sort(order, (a, b) -> Long.compare(a[0], b[0]));
        take(order, begin);
    }

    private void take(long[][] order, int begin) throws ProcessReadException {
        long[] newBegins = new long[order.length];
        long[] newEnds = new long[order.length];
        String[] newNames = new String[order.length];
        for (int i = 0; i < order.length; i++) {
            long at = order[i][1];
            newBegins[i] = order[i][0];
            newEnds[i] = pages.i64(at + begin + Long.BYTES);
            newNames[i] = pages.text(pages.i64(at + GROUP), MAX_NAME_BYTES) + "::"
                    + pages.text(pages.i64(at + NAME), MAX_NAME_BYTES);
        }
        begins = newBegins;
        ends = newEnds;
        names = newNames;
    }

    private int placeOfBegin(long descriptor) throws ProcessReadException {
        for (int word = FIRST_BEGIN; word <= LAST_BEGIN; word++) {
            int at = word * Long.BYTES;
            long begin = pages.i64(descriptor + at);
            long end = pages.i64(descriptor + at + Long.BYTES);
            CodeHeap heap = heaps.heapOf(begin);
            if (begin < end && heap != null && heap.contains(end)) {
                return at;
            }
        }
        return 0;
    }
}
