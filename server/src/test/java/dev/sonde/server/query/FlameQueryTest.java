package dev.sonde.server.query;

import static dev.sonde.server.query.StackTrees.store;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.sonde.server.store.TestProfiles;
import java.io.ByteArrayOutputStream;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;

class FlameQueryTest {

    private static FlameColumns flame(double minShare, String... stacksAndValues) throws Exception {
        return new FlameQuery(store(stacksAndValues), FrameNamer.ofLines())
                .run(TestProfiles.query("cpu.samples"), minShare);
    }

    /** Each node as {@code path kind self/total}. */
    private static List<String> words(FlameColumns flame) {
        List<String> words = new ArrayList<>();
        String[] path = new String[flame.size()];
        for (int i = 0; i < path.length; i++) {
            String name = flame.names().get(flame.name()[i]) + (flame.inlined()[i] ? "*" : "");
            path[i] = flame.parent()[i] < 0 ? name : path[flame.parent()[i]] + ";" + name;
            words.add(path[i] + " " + flame.kind()[i] + " " + flame.self()[i] + "/" + flame.total()[i]);
        }
        return words;
    }

    @Test
    void childrenStandUnderTheirParentsByName() throws Exception {
        assertThat(words(flame(0, "main;z", "1", "main;a;b", "2", "main", "4", "other", "8")))
                .containsExactly(
                        "all root 0/15",
                        "all;main native 4/7",
                        "all;main;a native 0/2",
                        "all;main;a;b native 2/2",
                        "all;main;z native 1/1",
                        "all;other native 8/8");
    }

    @Test
    void inlinedFramesAreNodesOfTheirOwn() throws Exception {
        assertThat(words(flame(0, "main;f+g+h;leaf", "3", "main;f;leaf", "2")))
                .containsExactly(
                        "all root 0/5",
                        "all;main native 0/5",
                        "all;main;f native 0/5",
                        "all;main;f;g* native 0/3",
                        "all;main;f;g*;h* native 0/3",
                        "all;main;f;g*;h*;leaf native 3/3",
                        "all;main;f;leaf native 2/2");
    }

    @Test
    void framesWithoutNamesShowFileAndAddress() throws Exception {
        assertThat(words(flame(0, "main;0x1f40", "3", "", "1")))
                .containsExactly(
                        "all root 0/4",
                        "all;[unknown] native 1/1",
                        "all;main native 0/3",
                        "all;main;0+0x1f40 native 3/3");
    }

    @Test
    void whatIsCutIsSaid() throws Exception {
        FlameColumns flame = flame(0.1, "main;a", "80", "main;b", "9", "main;c;d;e", "9", "x", "2");
        assertThat(words(flame))
                .containsExactly(
                        "all root 0/100",
                        "all;[below 10%: 1 frame] rest 2/2",
                        "all;main native 0/98",
                        "all;main;[below 10%: 4 frames] rest 18/18",
                        "all;main;a native 80/80");
        assertThat(words(flame(0.0005, "main", "1"))).hasSize(2);
    }

    @Test
    void totalsAddUpHoweverMuchIsCut() throws Exception {
        Random random = new Random(3);
        List<String> samples = new ArrayList<>();
        for (int i = 0; i < 500; i++) {
            StringBuilder stack = new StringBuilder("main");
            for (int d = random.nextInt(12); d > 0; d--) {
                stack.append(";f")
                        .append(random.nextInt(4))
                        .append(random.nextBoolean() ? "" : "+i" + random.nextInt(2));
            }
            samples.add(stack.toString());
            samples.add(Integer.toString(1 + random.nextInt(50)));
        }
        for (double share : new double[] {0, 0.0005, 0.01, 0.3, 1}) {
            FlameColumns flame = flame(share, samples.toArray(String[]::new));
            long[] below = flame.self().clone();
            for (int i = flame.size() - 1; i > 0; i--) {
                assertThat(flame.parent()[i]).isLessThan(i);
                assertThat(below[i]).isEqualTo(flame.total()[i]);
                below[flame.parent()[i]] += flame.total()[i];
            }
            assertThat(below[0]).isEqualTo(flame.totalValue());
        }
    }

    @Test
    void theSameSamplesGiveTheSameGraphInAnyOrder() throws Exception {
        FlameColumns one = flame(0.05, "main;a;b", "5", "main;b", "7", "main;c+d", "9", "x", "1");
        FlameColumns other = flame(0.05, "x", "1", "main;c+d", "9", "main;b", "7", "main;a;b", "5");
        assertThat(json(one)).isEqualTo(json(other));
    }

    @Test
    void theJsonHasTheColumns() throws Exception {
        JsonNode json = new ObjectMapper().readTree(json(flame(0, "main;f+g", "3")));
        assertThat(json.propertyStream().map(entry -> entry.getKey()))
                .containsExactly(
                        "unit",
                        "total_value",
                        "names",
                        "files",
                        "mappings",
                        "name",
                        "file",
                        "mapping",
                        "kind",
                        "inlined",
                        "parent",
                        "self",
                        "total");
        assertThat(json.get("unit").asText()).isEqualTo("count");
        assertThat(json.get("total_value").asLong()).isEqualTo(3);
        assertThat(json.get("names").get(json.get("name").get(1).asInt()).asText())
                .isEqualTo("main");
        assertThat(json.get("files").get(json.get("file").get(1).asInt()).asText())
                .isEqualTo("main.c");
        assertThat(json.get("kind").toString()).isEqualTo("[\"root\",\"native\",\"native\",\"native\"]");
        assertThat(json.get("inlined").toString()).isEqualTo("[false,false,false,true]");
        assertThat(json.get("parent").toString()).isEqualTo("[-1,0,1,2]");
        assertThat(json.get("total").toString()).isEqualTo("[3,3,3,3]");
    }

    private static String json(FlameColumns flame) throws Exception {
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        FlameJson.write(flame, out);
        return out.toString(java.nio.charset.StandardCharsets.UTF_8);
    }

    @Test
    void collapsedStacksAreWholeAndClean() throws Exception {
        StringBuilder out = new StringBuilder();
        new FlameQuery(store("main;a", "2", "main;b\nc", "3", "main", "4"), FrameNamer.ofLines())
                .writeCollapsed(TestProfiles.query("cpu.samples"), out);
        assertThat(out).hasToString("main 4\nmain;a 2\nmain;b c 3\n");
    }

    @Test
    void wrongQuestionsAreToldApartFromEmptyAnswers() throws Exception {
        FlameQuery flame = new FlameQuery(store("main", "1"), FrameNamer.ofLines());
        assertThat(flame.run(TestProfiles.query("cpu", 0, 1), 0).size()).isEqualTo(1);
        assertThat(flame.run(TestProfiles.query("cpu{a=\"b\"}"), 0).totalValue())
                .isZero();
        assertThatExceptionOfType(QueryException.class)
                .isThrownBy(() -> flame.run(TestProfiles.query("cpuu"), 0))
                .withMessage("profile type: 'cpuu' (expected: one of cpu)");
        assertThatExceptionOfType(QueryException.class)
                .isThrownBy(() -> flame.run(TestProfiles.query("cpu.space"), 0))
                .withMessage("sample type of cpu: 'space' (expected: one of samples, cpu)");
        assertThatExceptionOfType(QueryException.class)
                .isThrownBy(() -> flame.run(TestProfiles.query("cpu"), Double.NaN))
                .withMessage("min_share: NaN (expected: 0 to 1)");
        assertThat(new FlameQuery(store(), FrameNamer.ofLines())
                        .run(TestProfiles.query("cpu"), 0)
                        .size())
                .isEqualTo(1);
    }
}
