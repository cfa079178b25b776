package dev.sonde.server.query;

import dev.sonde.server.store.Cancellation;
import dev.sonde.server.store.StoreException;
import java.io.IOException;

/** The text form {@code root;...;leaf value}, one line a stack. */
final class Collapsed {

    private Collapsed() {}

    static void write(FrameTree tree, Appendable out) throws StoreException, IOException {
        Cancellation.Steps steps = Cancellation.steps();
        StringBuilder path = new StringBuilder();
        int[] pathLength = new int[tree.size()];
        int node = FrameTree.ROOT;
        while (node >= 0) {
            steps.next();
            if (node != FrameTree.ROOT) {
                path.setLength(pathLength[tree.parent(node)]);
                path.append(path.isEmpty() ? "" : ";");
                path.append(clean(tree.frames().key(tree.frame(node)).name()));
                pathLength[node] = path.length();
                if (tree.self(node) > 0) {
                    out.append(path)
                            .append(' ')
                            .append(Long.toString(tree.self(node)))
                            .append('\n');
                }
            }
            node = next(tree, node);
        }
    }

    /** The node after another in the order of a walk from parents to children, or -1. */
    private static int next(FrameTree tree, int node) {
        if (tree.firstChild(node) >= 0) {
            return tree.firstChild(node);
        }
        int up = node;
        while (up >= 0 && tree.nextSibling(up) < 0) {
            up = tree.parent(up);
        }
        return up < 0 ? -1 : tree.nextSibling(up);
    }

    /** A name without what has a meaning in the format. */
    private static String clean(String name) {
        return name.replace(';', ':').replace('\n', ' ').replace('\r', ' ');
    }
}
