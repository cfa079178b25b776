package dev.sonde.server.query.pprof;

import dev.sonde.model.FrameKind;
import dev.sonde.server.store.Cancellation;
import dev.sonde.server.store.Saturating;
import dev.sonde.server.store.StackTree;
import dev.sonde.server.store.StoreException;
import dev.sonde.server.store.StoredLocation;
import it.unimi.dsi.fastutil.objects.Object2LongMap;
import it.unimi.dsi.fastutil.objects.Object2LongOpenHashMap;
import java.util.Optional;

/**
 * The program that a profile is mostly of. pprof takes a profile's first mapping for its main binary (profile.proto) and
 * shows it as {@code File:}. A stack's program is the outermost file in it that is no library, for threads begin in the C
 * library and end in the kernel.
 */
final class MainMapping {

    private static final int NONE = -1;

    private MainMapping() {}

    /** A location in the program that most of the selected values are of; empty where no stack has a program. */
    static Optional<StoredLocation> of(StackTree tree) throws StoreException {
        Cancellation.Steps steps = Cancellation.steps();
        int[] program = new int[tree.size()];
        Object2LongOpenHashMap<String> sums = new Object2LongOpenHashMap<>();
        for (int node = 0; node < program.length; node++) {
            steps.next();
            int parent = tree.parent()[node];
            program[node] = parent < 0 ? NONE : program[parent];
            if (program[node] == NONE
                    && isProgram(tree.locations().get(tree.location()[node]).mappingFile())) {
                program[node] = tree.location()[node];
            }
            if (program[node] != NONE) {
                String file = tree.locations().get(program[node]).mappingFile();
                sums.put(file, Saturating.add(sums.getLong(file), tree.self()[node]));
            }
        }
        return most(sums)
                .flatMap(file -> tree.locations().stream()
                        .filter(location -> location.mappingFile().equals(file))
                        .findFirst());
    }

    /** The file with the greatest sum, the first by name of several. */
    private static Optional<String> most(Object2LongOpenHashMap<String> sums) {
        String most = null;
        for (Object2LongMap.Entry<String> entry : sums.object2LongEntrySet()) {
            long ahead = most == null ? 1 : Long.compare(entry.getLongValue(), sums.getLong(most));
            if (ahead > 0 || (ahead == 0 && entry.getKey().compareTo(most) < 0)) {
                most = entry.getKey();
            }
        }
        return Optional.ofNullable(most);
    }

    private static boolean isProgram(String file) {
        if (file.isEmpty() || FrameKind.ofMappingFile(file) != FrameKind.NATIVE) {
            return false;
        }
        String name = file.substring(file.lastIndexOf('/') + 1);
        return !name.endsWith(".so") && !name.contains(".so.");
    }
}
