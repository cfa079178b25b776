package dev.sonde.e2e;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.microsoft.playwright.Locator;
import com.microsoft.playwright.Mouse;
import com.microsoft.playwright.Page;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;

/** Choosing what is shown: time line, selector, ranges without samples. */
@ExtendWith(DemoWorldExtension.class)
class PageQuestionsE2E {

    @Test
    void draggingOnTheTimeLineChoosesItsWindows(DemoWorld world) throws Exception {
        try (Visit visit = world.visit().open(world.range(""))) {
            JsonNode line = visit.model("timeLine");
            long plotted = 0;
            for (JsonNode value : line.get("values")) {
                plotted += value.asLong();
            }
            assertThat(plotted).isEqualTo(world.demo().cpuNanos(0, GoDemo.WINDOWS));

            int fromWindow = 10;
            int toWindow = 21;
            drag(visit, line, fromWindow, toWindow);
            visit.awaiting("() => window.sondeView.state.pick !== null");
            assertThat(visit.model("state").get("pick").get(0).asLong())
                    .isEqualTo(world.demo().fromSeconds() + (long) fromWindow * GoDemo.WINDOW_SECONDS);
            long picked = world.demo().cpuNanos(fromWindow, toWindow);
            visit.awaiting("() => window.sondeView.flame.total === " + picked);

            visit.page().reload();
            visit.awaiting("() => window.sondeView?.flame?.total === " + picked);
            visit.page().mouse().click(middleOf(line, 2), middleY(line));
            visit.awaiting(
                    "() => window.sondeView.flame.total === " + world.demo().cpuNanos(0, GoDemo.WINDOWS));
        }
    }

    /** From the middle of one window into the middle of the one before another. */
    private static void drag(Visit visit, JsonNode line, int fromWindow, int toWindow) {
        Mouse mouse = visit.page().mouse();
        mouse.move(middleOf(line, fromWindow), middleY(line));
        mouse.down();
        mouse.move(middleOf(line, toWindow - 1), middleY(line), new Mouse.MoveOptions().setSteps(5));
        mouse.up();
    }

    private static double middleOf(JsonNode line, int window) {
        return line.get("left").asDouble() + line.get("width").asDouble() * (window + 0.5) / GoDemo.WINDOWS;
    }

    private static double middleY(JsonNode line) {
        return line.get("top").asDouble() + line.get("height").asDouble() / 2;
    }

    @Test
    void completionWritesASelectorThatSelects(DemoWorld world) throws Exception {
        try (Visit visit = world.visit().open(world.range(""))) {
            Page page = visit.page();
            Locator field = page.locator(".selector-text");
            field.fill("cpu{ver");
            page.locator("#completions li").getByText("version").first().waitFor();
            page.keyboard().press("ArrowDown");
            page.keyboard().press("Enter");
            page.locator("#completions li").getByText("1.1").waitFor();
            page.keyboard().type("1.1");
            page.keyboard().press("ArrowDown");
            page.keyboard().press("Enter");
            assertThat(field.inputValue()).isEqualTo("cpu{version=\"1.1\"}");
            page.keyboard().press("Escape");
            page.keyboard().press("Enter");
            visit.awaiting("() => window.sondeView.flame.total === "
                    + world.demo().cpuNanos(GoDemo.WINDOWS / 2, GoDemo.WINDOWS));
            assertThat(page.url()).contains(DemoWorld.encoded("version=\"1.1\""));
        }
    }

    @Test
    void aWrongSelectorIsMarkedWhereItIsWrong(DemoWorld world) throws Exception {
        try (Visit visit = world.visit().expectingRefusals().open(world.range(""))) {
            visit.page().fill(".selector-text", "cpu{service?\"x\"}");
            visit.page().keyboard().press("Enter");
            String marked = visit.page().locator(".fault-place").textContent();
            assertThat(marked.lines().toList()).containsExactly("cpu{service?\"x\"}", " ".repeat(11) + "^");
            assertThat(visit.page().locator(".fault-words").innerText()).contains("expected");
        }
    }

    @Test
    void anEmptyRangeSaysWhereTheLatestDataIs(DemoWorld world) throws Exception {
        try (Visit visit =
                world.visit().openOnly("?query=" + DemoWorld.encoded("cpu{}") + "&from=1000000&to=1000600")) {
            Locator notice = visit.page().locator("#notice");
            notice.getByText("No samples here").waitFor();
            assertThat(notice.innerText()).contains("latest data is from");
            notice.getByText("Go there").click();
            visit.awaiting("() => window.sondeView.flame.total > 0");
            assertThat(notice.isVisible()).isFalse();
        }
    }
}
