package dev.sonde.e2e;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.microsoft.playwright.Page;
import java.util.Locale;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;

/** Zoom, search, keyboard and table. */
@ExtendWith(DemoWorldExtension.class)
class PageControlsE2E {

    private static final String SPIN = "main.spin";

    @Test
    void zoomStandsInTheAddressAndBackUndoesIt(DemoWorld world) throws Exception {
        try (Visit visit = world.visit().open(world.range(""))) {
            visit.click(visit.box(SPIN)).awaitingZoom(SPIN);
            JsonNode drawn = visit.model("flame");
            assertThat(visit.box(SPIN).get("width").asDouble())
                    .isEqualTo(drawn.get("width").asDouble());
            assertThat(visit.page().locator("#crumbs").innerText()).contains("all", SPIN);

            visit.page().reload();
            visit.awaiting("() => window.sondeView?.flame?.total > 0").awaitingZoom(SPIN);
            visit.page().goBack();
            visit.awaitingZoom("all");
            visit.page().goForward();
            visit.awaitingZoom(SPIN);
            visit.page()
                    .locator("#crumbs button", new Page.LocatorOptions().setHasText("all"))
                    .first()
                    .click();
            visit.awaitingZoom("all");
        }
    }

    @Test
    void searchTellsTheShareThatMatches(DemoWorld world) throws Exception {
        try (Visit visit = world.visit().open(world.range(""))) {
            visit.page().keyboard().press("/");
            visit.page().keyboard().type("^main\\.spin$");
            visit.awaiting("() => window.sondeView.flame.matched?.count > 0");
            JsonNode matched = visit.model("flame").get("matched");
            assertThat(matched.get("total").asLong()).isEqualTo(world.cumulative(SPIN));
            assertThat(visit.page().locator(".found").innerText())
                    .startsWith(String.format(
                            Locale.ROOT,
                            "%.1f%%",
                            100.0 * world.cumulative(SPIN) / world.demo().cpuNanos(0, GoDemo.WINDOWS)));
            visit.page().reload();
            visit.awaiting("() => window.sondeView?.flame?.matched?.count > 0");
            assertThat(visit.page().locator("#search input").inputValue()).isEqualTo("^main\\.spin$");
        }
    }

    @Test
    void theKeyboardWalksTheGraphAndSaysWhereItIs(DemoWorld world) throws Exception {
        try (Visit visit = world.visit().open(world.range(""))) {
            Page page = visit.page();
            page.focus(".flame-scroll");
            page.keyboard().press("ArrowDown");
            String first = visit.model("flame").get("focus").asText();
            assertThat(first).isNotEqualTo("all");
            assertThat(page.locator("#spoken").textContent())
                    .startsWith(first + ", native")
                    .contains("level 1");
            page.keyboard().press("ArrowDown");
            page.keyboard().press("ArrowUp");
            assertThat(visit.model("flame").get("focus").asText()).isEqualTo(first);
            page.keyboard().press("ArrowRight");
            String second = visit.model("flame").get("focus").asText();
            assertThat(second).isNotEqualTo(first);
            page.keyboard().press("Enter");
            visit.awaitingZoom(second);
            page.keyboard().press("Escape");
            visit.awaitingZoom("all");
        }
    }

    @Test
    void theTableSortsAndFindsInTheGraph(DemoWorld world) throws Exception {
        try (Visit visit = world.visit().open(world.range("&view=both"))) {
            visit.awaiting("() => window.sondeView.table.length > 0");
            assertThat(visit.model("table").get(0).asText()).isEqualTo(SPIN);
            visit.page().locator("#table tbody button").first().click();
            visit.awaiting("() => window.sondeView.flame.matched?.count > 0");
            assertThat(visit.model("flame").get("matched").get("total").asLong())
                    .isEqualTo(world.cumulative(SPIN));
            assertThat(visit.model("table").size()).isEqualTo(1);
        }
    }
}
