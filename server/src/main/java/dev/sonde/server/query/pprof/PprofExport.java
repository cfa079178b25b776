package dev.sonde.server.query.pprof;

import dev.sonde.model.TimeRange;
import dev.sonde.pprof.Profile;
import dev.sonde.pprof.ProfileBuilder;
import dev.sonde.server.query.AnswerTooLargeException;
import dev.sonde.server.store.Cancellation;
import dev.sonde.server.store.StackTree;
import dev.sonde.server.store.StackTree.ValueColumn;
import dev.sonde.server.store.StoreException;
import dev.sonde.server.store.StoredLocation;
import dev.sonde.server.store.StoredLocation.StoredLine;
import java.util.ArrayList;
import java.util.List;
import java.util.function.UnaryOperator;

/**
 * Makes a pprof profile of merged stacks: each node in which something ended is a sample. Locations that have no name
 * keep their address and build id, so that a tool that has the file can name them.
 */
public final class PprofExport {

    /**
     * Locations of all samples together: 64 MB as numbers, and about as much as one body that this server takes. A merged
     * tree of few megabytes can stand for far more, for each sample repeats its callers.
     */
    static final long MAX_SAMPLE_LOCATIONS = 16L << 20;

    private final UnaryOperator<StoredLocation> namer;

    /**
     * An export.
     *
     * @param namer gives a location its lines, where they are known
     */
    public PprofExport(UnaryOperator<StoredLocation> namer) {
        this.namer = namer;
    }

    /**
     * The profile of merged stacks.
     *
     * @throws AnswerTooLargeException when its samples have more locations than the bound
     * @throws StoreException with reason CANCELLED
     */
    public Profile profile(StackTree tree, TimeRange range) throws AnswerTooLargeException, StoreException {
        Cancellation.Steps steps = Cancellation.steps();
        checkSize(tree);
        ProfileBuilder builder =
                new ProfileBuilder(tree.values().stream().map(ValueColumn::type).toList());
        MainMapping.of(tree).ifPresent(main -> addMapping(builder, main));
        int[] ids = addLocations(builder, tree.locations());
        long[] values = new long[tree.values().size()];
        for (int node = 0; node < tree.size(); node++) {
            steps.next();
            if (!read(tree, node, values)) {
                continue;
            }
            for (int at = node; at >= 0; at = tree.parent()[at]) {
                steps.next();
                builder.frame(ids[tree.location()[at]]);
            }
            builder.endSample(values.clone());
        }
        return builder.build(
                tree.selected(), tree.period().type(), tree.period().count(), range.fromNanos(), range.durationNanos());
    }

    private static void checkSize(StackTree tree) throws AnswerTooLargeException, StoreException {
        Cancellation.Steps steps = Cancellation.steps();
        int[] depth = new int[tree.size()];
        long[] values = new long[tree.values().size()];
        long locations = 0;
        for (int node = 0; node < depth.length; node++) {
            steps.next();
            int parent = tree.parent()[node];
            depth[node] = parent < 0 ? 1 : depth[parent] + 1;
            locations += read(tree, node, values) ? depth[node] : 0;
        }
        if (locations > MAX_SAMPLE_LOCATIONS) {
            throw new AnswerTooLargeException("pprof: " + locations + " locations in all samples (expected: at most "
                    + MAX_SAMPLE_LOCATIONS + "; a narrower selector or a shorter range gives less)");
        }
    }

    private int[] addLocations(ProfileBuilder builder, List<StoredLocation> locations) throws StoreException {
        Cancellation.Steps steps = Cancellation.steps();
        int[] ids = new int[locations.size()];
        for (int i = 0; i < ids.length; i++) {
            steps.next();
            StoredLocation named = namer.apply(locations.get(i));
            ids[i] = add(builder, named);
        }
        return ids;
    }

    /** Reads a node's values; whether one of them is not 0. */
    private static boolean read(StackTree tree, int node, long[] values) {
        boolean any = false;
        for (int i = 0; i < values.length; i++) {
            values[i] = tree.values().get(i).self()[node];
            any |= values[i] != 0;
        }
        return any;
    }

    /**
     * Every mapping is said to have its functions, also where a symbol was missing: `go tool pprof` would otherwise look
     * for the files, which lie on other machines, ask this server's /symbolz, and give up without an answer.
     */
    private static int addMapping(ProfileBuilder builder, StoredLocation location) {
        if (location.mappingFile().isEmpty() && location.buildId().isEmpty()) {
            return Profile.NONE;
        }
        return builder.mapping(
                location.mappingStart(),
                location.mappingLimit(),
                location.mappingOffset(),
                location.mappingFile(),
                location.buildId(),
                true);
    }

    private static int add(ProfileBuilder builder, StoredLocation location) {
        List<ProfileBuilder.Line> lines = new ArrayList<>(location.lines().size());
        for (StoredLine line : location.lines()) {
            lines.add(new ProfileBuilder.Line(
                    builder.function(line.name(), line.systemName(), line.file(), 0), line.line()));
        }
        return builder.location(addMapping(builder, location), location.address(), lines);
    }
}
