package dev.sonde.server.query;

import dev.sonde.server.store.Cancellation;
import dev.sonde.server.store.Saturating;
import dev.sonde.server.store.StackTree;
import dev.sonde.server.store.StoreException;
import it.unimi.dsi.fastutil.ints.IntArrayList;
import it.unimi.dsi.fastutil.ints.IntArrays;
import java.math.BigDecimal;
import java.math.RoundingMode;
import java.util.Arrays;

/**
 * The frames of a stack tree that are at least a share of all, as columns, and what is cut as such. It goes down from
 * the root and names only what is called by a frame that is kept, for to name millions of nodes takes seconds and few
 * of them are ever kept.
 *
 * <p>Frames of equal names under one parent are one node, so that the cut is made on the sums of such groups: where the
 * sum of all that is below a kept frame does not reach the share, none of its parts can (values are not negative), and
 * nothing there is named.
 */
final class FlameCut {

    private final StackTree stacks;
    private final StackIndex index;
    private final FrameTable frames;
    private final String share;
    private final long threshold;
    private final FlameWriter out = new FlameWriter();

    /** Groups that are kept and not yet written, the next one last: their frame, their parent's index, their members. */
    private final IntArrayList groupFrame = new IntArrayList();

    private final IntArrayList groupParent = new IntArrayList();
    private final IntArrayList groupFrom = new IntArrayList();
    private final Members members = new Members();

    private final Cancellation.Steps steps = Cancellation.steps();

    /** What is called by the group at hand. */
    private final Members callees = new Members();

    /** Stack nodes, and how many frames of each one's location are outside of the one that is meant. */
    private static final class Members {
        private final IntArrayList node = new IntArrayList();
        private final IntArrayList depth = new IntArrayList();

        void add(int stackNode, int frameDepth) {
            node.add(stackNode);
            depth.add(frameDepth);
        }

        int size() {
            return node.size();
        }

        void cutTo(int size) {
            node.size(size);
            depth.size(size);
        }
    }

    private FlameCut(StackTree stacks, FrameNamer namer, double minShare) throws StoreException {
        this.stacks = stacks;
        this.index = new StackIndex(stacks);
        this.frames = new FrameTable(stacks.locations(), namer);
        this.share = percent(minShare);
        // Exact: a double cannot hold every long.
        this.threshold = BigDecimal.valueOf(minShare)
                .multiply(BigDecimal.valueOf(stacks.total()))
                .setScale(0, RoundingMode.CEILING)
                .longValueExact();
    }

    /** The columns of a tree's frames that are at least a share of all, 0 to 1; 0 = all. */
    static FlameColumns cut(StackTree stacks, FrameNamer namer, double minShare) throws StoreException {
        FlameCut cut = new FlameCut(stacks, namer, minShare);
        cut.run();
        return cut.out.columns(stacks.valueType().unit());
    }

    private static String percent(double share) {
        return BigDecimal.valueOf(share).movePointRight(2).stripTrailingZeros().toPlainString() + "%";
    }

    private void run() throws StoreException {
        int root = out.add(FlameColumns.ROOT_NAME, FlameColumns.ROOT_KIND, -1, 0, stacks.total());
        addCallees(-1);
        keepCallees(root);
        while (!groupFrame.isEmpty()) {
            int frame = groupFrame.popInt();
            int parent = groupParent.popInt();
            int from = groupFrom.popInt();
            int written = write(frame, parent, from);
            members.cutTo(from);
            keepCallees(written);
        }
    }

    /** Writes the group whose members are the last ones, and gathers what they call. */
    private int write(int frame, int parent, int from) throws StoreException {
        callees.cutTo(0);
        long self = 0;
        long total = 0;
        for (int i = from; i < members.size(); i++) {
            steps.next();
            int node = members.node.getInt(i);
            int depth = members.depth.getInt(i);
            total = Saturating.add(total, index.total(node));
            if (depth + 1 < frames.frames(stacks.location()[node]).length) {
                callees.add(node, depth + 1);
            } else {
                self = Saturating.add(self, stacks.self()[node]);
                addCallees(node);
            }
        }
        return out.add(frames.key(frame), parent, self, total);
    }

    private void addCallees(int node) throws StoreException {
        for (int i = index.childrenFrom(node); i < index.childrenTo(node); i++) {
            steps.next();
            callees.add(index.child(i), 0);
        }
    }

    /** Groups the callees by their frames, keeps the groups that reach the share, and writes the others as one. */
    private void keepCallees(int parent) throws StoreException {
        long total = 0;
        int nodes = 0;
        for (int i = 0; i < callees.size(); i++) {
            steps.next();
            total = Saturating.add(total, index.total(callees.node.getInt(i)));
            nodes += index.nodes(callees.node.getInt(i));
        }
        if (total < threshold) {
            addRemainder(parent, total, nodes);
            return;
        }
        long[] byFrame = calleesByFrame();
        IntArrayList kept = new IntArrayList();
        long cutTotal = 0;
        int cutNodes = 0;
        for (int from = 0, to; from < byFrame.length; from = to) {
            long groupTotal = 0;
            int groupNodes = 0;
            for (to = from; to < byFrame.length && frame(byFrame[to]) == frame(byFrame[from]); to++) {
                steps.next();
                int node = callees.node.getInt((int) byFrame[to]);
                groupTotal = Saturating.add(groupTotal, index.total(node));
                groupNodes += index.nodes(node);
            }
            if (groupTotal >= threshold) {
                kept.add(from);
            } else {
                cutTotal = Saturating.add(cutTotal, groupTotal);
                cutNodes += groupNodes;
            }
        }
        addRemainder(parent, cutTotal, cutNodes);
        pushGroups(byFrame, kept.toIntArray(), parent);
    }

    /** Each callee's frame in the upper half, its index in the lower; sorted. */
    private long[] calleesByFrame() throws StoreException {
        long[] byFrame = new long[callees.size()];
        for (int i = 0; i < byFrame.length; i++) {
            steps.next();
            int location = stacks.location()[callees.node.getInt(i)];
            byFrame[i] = (long) frames.frames(location)[callees.depth.getInt(i)] << Integer.SIZE | i;
        }
        Arrays.sort(byFrame);
        return byFrame;
    }

    private static int frame(long frameAndCallee) {
        return (int) (frameAndCallee >>> Integer.SIZE);
    }

    /** Sets groups aside, the first by name last, so that it is written first. */
    private void pushGroups(long[] byFrame, int[] starts, int parent) throws StoreException {
        IntArrays.mergeSort(starts, (a, b) -> frames.compare(frame(byFrame[b]), frame(byFrame[a])));
        for (int from : starts) {
            groupFrame.push(frame(byFrame[from]));
            groupParent.push(parent);
            groupFrom.push(members.size());
            for (int i = from; i < byFrame.length && frame(byFrame[i]) == frame(byFrame[from]); i++) {
                steps.next();
                int callee = (int) byFrame[i];
                members.add(callees.node.getInt(callee), callees.depth.getInt(callee));
            }
        }
    }

    /** What was cut counts as frames as the stacks have them: inlined calls, and which names are equal, is not known. */
    private void addRemainder(int under, long value, int cutNodes) {
        if (cutNodes > 0) {
            String words = "[below " + share + ": " + cutNodes + (cutNodes == 1 ? " frame]" : " frames]");
            out.add(words, FlameColumns.REST_KIND, under, value, value);
        }
    }
}
