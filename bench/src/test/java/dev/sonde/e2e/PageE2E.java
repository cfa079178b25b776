package dev.sonde.e2e;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.microsoft.playwright.Browser;
import com.microsoft.playwright.options.ColorScheme;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** What the page draws is held against what the API answers and against what was sent. */
@ExtendWith(DemoWorldExtension.class)
class PageE2E {

    private static final ObjectMapper JSON = new ObjectMapper();

    /** Least width that the page draws (flame/layout.js), in CSS pixels. */
    private static final double THINNEST_PIXELS = 0.5;

    private static final String SPIN = "main.spin";

    @Test
    void boxesAreAsWideAsTheApisTotals(DemoWorld world) throws Exception {
        try (Visit visit = world.visit().open(world.range(""))) {
            JsonNode answer = JSON.readTree(world.server().get("/api/v1/flame" + world.range("&min_share=0.0001")));
            assertThat(answer.get("total_value").asLong())
                    .isEqualTo(world.demo().cpuNanos(0, GoDemo.WINDOWS));

            JsonNode drawn = visit.model("flame");
            assertThat(drawn.get("total").asLong())
                    .isEqualTo(answer.get("total_value").asLong());
            assertThat(drawnFrames(drawn)).containsExactlyInAnyOrderElementsOf(visibleFrames(answer, drawn));
            double width = drawn.get("width").asDouble();
            for (JsonNode box : drawn.get("boxes")) {
                double share = box.get("total").asDouble() / drawn.get("total").asDouble();
                assertThat(box.get("width").asDouble()).isCloseTo(share * width, within(0.01));
            }
        }
    }

    /** Name, depth and total of each box. */
    private static List<String> drawnFrames(JsonNode drawn) {
        List<String> frames = new ArrayList<>();
        for (JsonNode box : drawn.get("boxes")) {
            frames.add(frame(
                    box.get("name").asText(),
                    box.get("depth").asInt(),
                    box.get("total").asLong()));
        }
        return frames;
    }

    /** The same of each of the API's nodes that is wide enough and has a row in the window. */
    private static List<String> visibleFrames(JsonNode answer, JsonNode drawn) {
        int rows = 0;
        for (JsonNode box : drawn.get("boxes")) {
            rows = Math.max(rows, box.get("depth").asInt() + 1);
        }
        double pixelsPerUnit =
                drawn.get("width").asDouble() / answer.get("total_value").asDouble();
        int[] depth = new int[answer.get("parent").size()];
        List<String> frames = new ArrayList<>();
        for (int i = 0; i < depth.length; i++) {
            int parent = answer.get("parent").get(i).asInt();
            depth[i] = parent < 0 ? 0 : depth[parent] + 1;
            long total = answer.get("total").get(i).asLong();
            if (depth[i] < rows && total * pixelsPerUnit >= THINNEST_PIXELS) {
                String name = answer.get("names")
                        .get(answer.get("name").get(i).asInt())
                        .asText();
                frames.add(frame(name, depth[i], total));
            }
        }
        return frames;
    }

    private static String frame(String name, int depth, long total) {
        return name + " in row " + depth + ": " + total;
    }

    @ParameterizedTest
    @EnumSource(
            value = ColorScheme.class,
            names = {"LIGHT", "DARK"})
    void pixelsHaveTheColourOfTheirBoxAndTheMouseFindsIt(ColorScheme scheme, DemoWorld world) throws Exception {
        try (Visit visit = world.visit(
                        new Browser.NewContextOptions().setColorScheme(scheme).setDeviceScaleFactor(2))
                .open(world.range(""))) {
            int looked = 0;
            for (JsonNode box : visit.model("flame").get("boxes")) {
                // Narrower ones are drawn with blurred edges; those left out are striped.
                if (box.get("width").asDouble() < 8
                        || List.of("truncated", "rest").contains(box.get("kind").asText())) {
                    continue;
                }
                String at = box.get("name").asText() + " in row " + box.get("depth");
                double x = box.get("x").asDouble() + 3;
                assertThat(visit.pixel(x, Visit.middleY(box)))
                        .as(at)
                        .isEqualTo(rgb(box.get("colour").asText()));
                assertThat(visit.page()
                                .evaluate(
                                        "([x, y]) => window.sondeView.nameAt(x, y)",
                                        List.of(Visit.middleX(box), Visit.middleY(box))))
                        .as(at)
                        .isEqualTo(box.get("name").asText());
                looked++;
            }
            assertThat(looked).isGreaterThan(10);
            // The canvas is no taller than what is seen of it, at two pixels for each of CSS.
            assertThat(visit.page()
                            .evaluate("() => document.querySelector('.flame-canvas').height"
                                    + " <= 2 * document.querySelector('.flame-scroll').clientHeight"))
                    .isEqualTo(true);
        }
    }

    private static String rgb(String colour) {
        if (!colour.startsWith("#")) {
            return colour;
        }
        int bits = Integer.parseInt(colour.substring(1), 16);
        return "rgb(" + (bits >> 16) + ", " + (bits >> 8 & 0xff) + ", " + (bits & 0xff) + ")";
    }

    @Test
    void theTooltipTellsTheFramesFigures(DemoWorld world) throws Exception {
        try (Visit visit = world.visit().open(world.range(""))) {
            JsonNode spin = visit.box(SPIN);
            visit.page().mouse().move(Visit.middleX(spin), Visit.middleY(spin));
            String card = visit.page().locator("#tooltip").innerText();
            double percent = 100.0 * spin.get("total").asLong() / world.demo().cpuNanos(0, GoDemo.WINDOWS);
            assertThat(card).contains(SPIN, "native", "of parent");
            assertThat(card).contains(String.format(Locale.ROOT, "%.1f%%", percent));
        }
    }

    @ParameterizedTest
    @EnumSource(
            value = ColorScheme.class,
            names = {"LIGHT", "DARK"})
    void axeFindsNothingSerious(ColorScheme scheme, DemoWorld world) throws Exception {
        String axe;
        try (InputStream script = PageE2E.class.getResourceAsStream("/axe.min.js")) {
            axe = new String(script.readAllBytes(), StandardCharsets.UTF_8);
        }
        try (Visit visit = world.visit(new Browser.NewContextOptions().setColorScheme(scheme))
                .open(world.range("&view=both&search=main"))) {
            visit.awaiting("() => window.sondeView.table.length > 0");
            visit.page().evaluate(axe);
            Object serious = visit.page().evaluate("""
                            async () => (await axe.run()).violations
                                .filter(({impact}) => impact === 'serious' || impact === 'critical')
                                .map(({id, nodes}) => `${id}: ${nodes.map((node) => node.html).join(' ')}`)
                            """);
            assertThat(serious).isEqualTo(List.of());
        }
    }
}
