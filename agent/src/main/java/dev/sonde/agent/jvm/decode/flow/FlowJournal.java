package dev.sonde.agent.jvm.decode.flow;

import java.util.ArrayList;
import java.util.BitSet;
import java.util.List;

/** What the flow from one entry changed, in order. */
final class FlowJournal {

    private record Change(int offset, FrameState before, int origin) {}

    private final List<Change> changes = new ArrayList<>();
    private final BitSet found = new BitSet();

    /**
     * @param before what was known there; null for nothing
     * @param origin the instruction that it came from
     */
    void add(int offset, FrameState before, int origin) {
        changes.add(new Change(offset, before, origin));
        if (before == null) {
            found.set(offset);
        }
    }

    int size() {
        return changes.size();
    }

    int offset(int change) {
        return changes.get(change).offset;
    }

    FrameState state(int change) {
        return changes.get(change).before;
    }

    int origin(int change) {
        return changes.get(change).origin;
    }

    /** Whether an instruction was known before. */
    boolean isOld(int offset) {
        return !found.get(offset);
    }

    /** Whether an instruction that was known before has another rule now. */
    boolean worsened(FrameState[] now) {
        for (Change change : changes) {
            if (change.before != null
                    && isOld(change.offset)
                    && !FrameRule.of(change.before, false).equals(FrameRule.of(now[change.offset], false))) {
                return true;
            }
        }
        return false;
    }

    void clear() {
        for (Change change : changes) {
            found.clear(change.offset);
        }
        changes.clear();
    }
}
