package dev.sonde.server.query;

import static org.assertj.core.api.Assertions.assertThat;

import dev.sonde.model.FrameKind;
import dev.sonde.server.store.StackTree;
import dev.sonde.server.store.StoredLocation;
import dev.sonde.server.store.StoredLocation.StoredLine;
import java.math.BigDecimal;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import java.util.TreeMap;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.IntRange;
import org.junit.jupiter.api.Test;

class FlameCutTest {

    private static final BigDecimal[] SHARES = {
        BigDecimal.ZERO, new BigDecimal("0.0005"), new BigDecimal("0.01"), new BigDecimal("0.07"), new BigDecimal("0.4")
    };

    /** Few names on many locations, so that equal names meet under one parent on every level, inlined ones too. */
    private static List<StoredLocation> locations(Random random, int count) {
        List<StoredLocation> locations = new ArrayList<>();
        for (int i = 0; i < count; i++) {
            List<StoredLine> lines = new ArrayList<>();
            for (int line = random.nextInt(4); line > 0; line--) {
                lines.add(new StoredLine("f" + random.nextInt(5), "", random.nextBoolean() ? "" : "a.c", line));
            }
            locations.add(new StoredLocation("/bin/a", "", 0, 0, 0, i, lines));
        }
        return locations;
    }

    private static StackTree random(Random random, int nodes) {
        List<StoredLocation> locations = locations(random, 1 + nodes / 3);
        int[] parent = new int[nodes];
        int[] location = new int[nodes];
        long[] self = new long[nodes];
        for (int i = 0; i < nodes; i++) {
            parent[i] = random.nextInt(4) > 0 ? i - 1 : random.nextInt(-1, i);
            location[i] = random.nextInt(locations.size());
            self[i] = random.nextInt(3) == 0 ? random.nextInt(1000) : random.nextInt(4);
        }
        return StackTrees.of(parent, location, self, locations);
    }

    /** A node of the whole graph, made of every path there is: nothing is cut before all of it has its name. */
    private static final class Node {
        final Map<String, Node> children = new TreeMap<>();
        long self;
        long total;
        int stackNodes;

        Node child(String key) {
            return children.computeIfAbsent(key, _ -> new Node());
        }

        void write(String path, BigDecimal threshold, String share, List<String> words) {
            words.add(path + " " + self + "/" + total);
            long cut = 0;
            int cutNodes = 0;
            for (Node child : children.values()) {
                if (BigDecimal.valueOf(child.total).compareTo(threshold) < 0) {
                    cut += child.total;
                    cutNodes += child.stackNodes;
                }
            }
            if (cutNodes > 0) {
                words.add(path + " > [below " + share + ": " + cutNodes + (cutNodes == 1 ? " frame] " : " frames] ")
                        + cut + "/" + cut);
            }
            children.forEach((key, child) -> {
                if (BigDecimal.valueOf(child.total).compareTo(threshold) >= 0) {
                    child.write(path + " > " + key, threshold, share, words);
                }
            });
        }
    }

    private static List<String> reference(StackTree stacks, BigDecimal share) {
        Node root = new Node();
        root.total = stacks.total();
        for (int i = 0; i < stacks.size(); i++) {
            List<Integer> path = new ArrayList<>();
            for (int at = i; at >= 0; at = stacks.parent()[at]) {
                path.addFirst(stacks.location()[at]);
            }
            Node node = root;
            for (int location : path) {
                for (String key : keys(stacks.locations().get(location))) {
                    node = node.child(key);
                    node.total += stacks.self()[i];
                    node.stackNodes++;
                }
            }
            node.self += stacks.self()[i];
        }
        List<String> words = new ArrayList<>();
        root.write(
                "all",
                share.multiply(BigDecimal.valueOf(stacks.total())),
                share.movePointRight(2).stripTrailingZeros().toPlainString() + "%",
                words);
        return words;
    }

    /** Name, file and inlined of a location's frames, the outermost first; in the order that siblings have. */
    private static List<String> keys(StoredLocation location) {
        List<Frame> frames = FrameNamer.ofLines().frames(location);
        if (frames.isEmpty()) {
            frames = List.of(UnnamedFrame.of(location));
        }
        return frames.reversed().stream()
                .map(frame -> key(frame.name(), frame.file(), frame.inlined()))
                .toList();
    }

    private static String key(String name, String file, boolean inlined) {
        return name + "\0" + file + "\0" + (inlined ? 1 : 0);
    }

    private static List<String> words(FlameColumns flame) {
        List<String> words = new ArrayList<>();
        String[] path = new String[flame.size()];
        for (int i = 0; i < path.length; i++) {
            String name = flame.names().get(flame.name()[i]);
            boolean isFrame = flame.kind()[i].equals(FrameKind.NATIVE.word());
            String key = isFrame ? key(name, flame.files().get(flame.file()[i]), flame.inlined()[i]) : name;
            path[i] = i == 0 ? name : path[flame.parent()[i]] + " > " + key;
            words.add(path[i] + " " + flame.self()[i] + "/" + flame.total()[i]);
        }
        return words;
    }

    @Property(tries = 200)
    void whatIsNamedFromTheTopDownIsWhatIsCutAfterAllIsNamed(@ForAll long seed, @ForAll @IntRange(max = 200) int nodes)
            throws Exception {
        StackTree stacks = random(new Random(seed), nodes);
        for (BigDecimal share : SHARES) {
            FlameColumns flame = FlameCut.cut(stacks, FrameNamer.ofLines(), share.doubleValue());
            assertThat(words(flame)).isEqualTo(reference(stacks, share));
        }
    }

    @Test
    void whatIsBelowTheCutIsNeverNamed() throws Exception {
        // main (0) calls hot (1, 9,999 ticks) and a chain of 5,000 functions in which one tick ended.
        int nodes = 5_002;
        int[] parent = new int[nodes];
        int[] location = new int[nodes];
        Arrays.setAll(parent, node -> node == 2 ? 0 : node - 1);
        Arrays.setAll(location, node -> node);
        long[] self = new long[nodes];
        self[1] = 9_999;
        self[nodes - 1] = 1;
        List<StoredLocation> locations = new ArrayList<>();
        for (int i = 0; i < nodes; i++) {
            locations.add(new StoredLocation("/bin/a", "", 0, 0, 0, i, List.of()));
        }
        Set<Long> named = new HashSet<>();
        FrameNamer namer = asked -> {
            named.add(asked.address());
            return List.of();
        };
        FlameColumns flame = FlameCut.cut(StackTrees.of(parent, location, self, locations), namer, 0.01);
        assertThat(flame.size()).isEqualTo(4);
        assertThat(flame.names()).contains("[below 1%: 5000 frames]");
        assertThat(named).containsExactlyInAnyOrder(0L, 1L, 2L);
    }

    @Test
    void functionsOfEqualNamesInTwoFilesAreTwoButOneInTwoFoldersIsOne() throws Exception {
        List<StoredLocation> locations = new ArrayList<>();
        for (String file : List.of("/r1/app", "/r2/app", "/lib/libz.so.1", "[kernel]")) {
            List<StoredLine> lines = List.of(new StoredLine("read", "read", "", 0));
            locations.add(new StoredLocation(file, "", 0, 0, 0, 16, lines));
        }
        StackTree stacks =
                StackTrees.of(new int[] {-1, -1, -1, -1}, new int[] {0, 1, 2, 3}, new long[] {1, 2, 4, 8}, locations);
        FlameColumns flame = FlameCut.cut(stacks, FrameNamer.ofLines(), 0);
        List<String> words = new ArrayList<>();
        for (int i = 1; i < flame.size(); i++) {
            words.add(flame.kind()[i] + " " + flame.mappings().get(flame.mapping()[i]) + " " + flame.total()[i]);
        }
        assertThat(words).containsExactly("kernel  8", "native app 3", "native libz.so.1 4");
    }
}
